/* plot.js - the sequence space of each direction over time: what was sent, what was acknowledged, how far the
 * window allows. Each curve is one path; of long transfers the program has left points out, and says so. */
'use strict';

const FRAME = { width: 960, height: 330, left: 84, right: 16, top: 12, bottom: 44 };

/* About @count round numbers from 0 to @most. */
function ticks(most, count) {
	const rough = most / count;
	const power = 10 ** Math.floor(Math.log10(rough || 1));
	const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) || 1;

	return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

const lastOf = (series, i) => series.points.reduce((most, point) => Math.max(most, point[i] + (i === 1 ? point[2] : 0)), 0);

/* Both scales of one direction. The window may be far above: the plot is of what was sent. */
function scalesOf(plot) {
	const all = [plot.sent, plot.again, plot.acked];
	const most = Math.max(1, ...all.map((series) => lastOf(series, 1)));
	const end = Math.max(1, ...all.map((series) => lastOf(series, 0)));
	const edge = Math.min(lastOf(plot.edge, 1), 1.5 * most);
	const top = Math.max(most, edge) * 1.04;
	const x = (ns) => FRAME.left + Math.max(0, ns) / end * (FRAME.width - FRAME.left - FRAME.right);
	const y = (value) => FRAME.height - FRAME.bottom - Math.min(value, top) / top * (FRAME.height - FRAME.top - FRAME.bottom);

	return { x: (ns) => x(ns).toFixed(1), y: (value) => y(value).toFixed(1), end, top };
}

function axes(scale) {
	const bottom = FRAME.height - FRAME.bottom;
	const across = ticks(scale.end / 1e6, 6).map((ms) => draw('text', { x: scale.x(ms * 1e6), y: bottom + 18, 'text-anchor': 'middle' },
		`${+ms.toPrecision(6)} ms`));
	const up = ticks(scale.top, 5).flatMap((value) => [draw('text', { x: FRAME.left - 6, y: +scale.y(value) + 4, 'text-anchor': 'end' },
		countText(value)), draw('path', { class: 'axis', d: `M${FRAME.left} ${scale.y(value)}H${FRAME.width - FRAME.right}` })]);

	return [...up, ...across, draw('text', { x: FRAME.width - FRAME.right, y: bottom + 36, 'text-anchor': 'end' }, word('time_axis')),
		draw('text', { x: 4, y: bottom + 36 }, word('number_axis'))];
}

/* A segment is a bar from its first number to its last, with a foot: it shows however small it is. */
const barPath = (series, scale) => series.points.map(([ns, value, len]) =>
	`M${scale.x(ns)} ${scale.y(value)}V${(+scale.y(value + len) - 1).toFixed(1)}`).join('');

/* What holds until the next one is a staircase. */
const stairPath = (series, scale) => series.points.map(([ns, value], i) =>
	i ? `H${scale.x(ns)}V${scale.y(value)}` : `M${scale.x(ns)} ${scale.y(value)}`).join('');

const CURVES = [['edge', 'edge-of-window', stairPath], ['acked', 'acked', stairPath], ['sent', 'sent', barPath],
	['again', 'again', barPath]];

function legend(plot, scale) {
	return make('ul', { class: 'key' }, ...CURVES.filter(([name]) => plot[name].points.length).map(([name, style]) => make('li', {},
		draw('svg', { viewBox: '0 0 32 12', 'aria-hidden': 'true' }, draw('path', { class: `curve ${style}`, d: 'M0 6H32' })),
		`${word(name)} (${countText(plot[name].seen)})`,
		name === 'edge' && lastOf(plot.edge, 1) > scale.top ? `, ${word('edge_above')}` : '',
		plot[name].stride > 1 ? `. ${word('thinned', countText(plot[name].seen), plot[name].stride)}` : '')));
}

/* The step whose place in the plot is nearest to a click. */
function onPlotClick(event, plot, scale) {
	const bounds = event.currentTarget.getBoundingClientRect();
	const at = (event.clientX - bounds.left) / bounds.width * FRAME.width;
	const up = (event.clientY - bounds.top) / bounds.height * FRAME.height;
	let best = null, least = Infinity;

	for (const [name] of CURVES)
		for (const [ns, value, , number] of plot[name].points) {
			const distance = Math.hypot(scale.x(ns) - at, scale.y(value) - up);

			if (distance < least)
				[best, least] = [number, distance];
		}
	if (best !== null)
		goTo(stepNear(best));
}

function plotOf(end) {
	const plot = current.plots[end];
	const scale = scalesOf(plot);
	const svg = draw('svg', { viewBox: `0 0 ${FRAME.width} ${FRAME.height}`, role: 'img',
		'aria-label': `${word('plot_of', word(end))}: ${CURVES.map(([name]) => `${word(name)} ${countText(lastOf(plot[name], 1))}`).join(', ')}` },
	...axes(scale), ...CURVES.map(([name, style, path]) => draw('path', { class: `curve ${style}`, d: path(plot[name], scale) })),
	draw('path', { class: 'chosen-time', 'data-end': scale.end, d: '' }));

	svg.addEventListener('click', (event) => onPlotClick(event, plot, scale));
	return make('div', {}, make('h3', {}, word('plot_of', word(end))), legend(plot, scale), svg);
}

/* Only directions in which bytes went: a SYN and a FIN are no curve. */
function buildPlots() {
	const ends = ['client', 'server'].filter((end) => lastOf(current.plots[end].sent, 1) > 2);

	byId('plot').hidden = !ends.length;
	byId('plot').querySelector('.plots').replaceChildren(...ends.map(plotOf));
}

/* A line at the time of the chosen segment. */
function markPlot(step) {
	for (const line of byId('plot').querySelectorAll('.chosen-time')) {
		const x = step && FRAME.left + step.time_ns / line.dataset.end * (FRAME.width - FRAME.left - FRAME.right);

		line.setAttribute('d', step ? `M${x.toFixed(1)} ${FRAME.top}V${FRAME.height - FRAME.bottom}` : '');
	}
}
