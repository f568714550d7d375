/* states.js - the eleven states of RFC 9293 (figure 5), once for each end, and the way that was taken. */
'use strict';

const NODE = { width: 104, height: 24 };
const PLACES = {
	'CLOSED': [190, 20], 'LISTEN': [90, 80], 'SYN-SENT': [290, 100], 'SYN-RECEIVED': [90, 150], 'ESTABLISHED': [190, 210],
	'FIN-WAIT-1': [90, 270], 'CLOSE-WAIT': [290, 270], 'CLOSING': [190, 330], 'FIN-WAIT-2': [66, 330],
	'LAST-ACK': [312, 330], 'TIME-WAIT': [130, 395],
};
/* The arrows of the figure: from, to, and where it would run through others, points to bend around. */
const EDGES = [
	['CLOSED', 'LISTEN'], ['LISTEN', 'CLOSED', [60, 40], [100, 20]], ['CLOSED', 'SYN-SENT'],
	['SYN-SENT', 'CLOSED', [330, 60], [300, 22]], ['SYN-RECEIVED', 'LISTEN', [16, 135], [16, 95]], ['LISTEN', 'SYN-RECEIVED'], ['LISTEN', 'SYN-SENT'],
	['SYN-SENT', 'SYN-RECEIVED'], ['SYN-SENT', 'ESTABLISHED'], ['SYN-RECEIVED', 'ESTABLISHED'], ['SYN-RECEIVED', 'FIN-WAIT-1'],
	['ESTABLISHED', 'FIN-WAIT-1'], ['ESTABLISHED', 'CLOSE-WAIT'], ['FIN-WAIT-1', 'FIN-WAIT-2'], ['FIN-WAIT-1', 'CLOSING'],
	['FIN-WAIT-1', 'TIME-WAIT', [128, 330], [128, 330]], ['FIN-WAIT-2', 'TIME-WAIT'], ['CLOSING', 'TIME-WAIT'], ['CLOSE-WAIT', 'LAST-ACK'],
	['LAST-ACK', 'CLOSED', [430, 330], [430, 20]], ['TIME-WAIT', 'CLOSED', [600, 395], [520, 6]],
];

/* Where the line from a node's middle towards a point leaves its box. */
function rim([x, y], [toX, toY]) {
	const dx = toX - x, dy = toY - y;
	const scale = Math.min(NODE.width / 2 / Math.abs(dx || 1e-9), NODE.height / 2 / Math.abs(dy || 1e-9), 1);

	return [x + dx * scale, y + dy * scale];
}

/* A Bézier curve by its four points; without points to bend around, a straight line. */
function drawEdge(from, to, bends, kind) {
	const start = rim(PLACES[from], bends[0] ?? PLACES[to]), end = rim(PLACES[to], bends[1] ?? PLACES[from]);
	const [b, c] = bends.length ? bends : [start, end];
	const angle = Math.atan2(end[1] - (bends[1] ?? start)[1], end[0] - (bends[1] ?? start)[0]) * 180 / Math.PI;
	const at = [0, 1].map((i) => (start[i] + 3 * b[i] + 3 * c[i] + end[i]) / 8);

	return { at, node: draw('g', {}, draw('path', { class: `edge ${kind}`, d: `M${start}C${b} ${c} ${end}` }),
		draw('path', { class: `tip ${kind}`, d: 'M0 0L-9 -4.5V4.5Z', transform: `translate(${end}) rotate(${angle})` })) };
}

/* The changes of one end: [{from, to, step}], each with the step that caused it. */
function pathOf(end) {
	return current.steps.flatMap((step) => step.changes.filter((change) => change.end === end)
		.map((change) => ({ ...change, step })));
}

function cause(at, steps) {
	const node = draw('g', { class: 'cause', role: 'button', tabindex: 0, 'aria-label': word('step', steps[0].number),
		transform: `translate(${at})` }, draw('circle', { r: 9 }), draw('text', { y: 3.5 }, String(steps[0].number)));

	node.addEventListener('click', () => goTo(steps[0]));
	node.addEventListener('keydown', (event) => {
		if (event.key === 'Enter' || event.key === ' ') {
			event.preventDefault();
			goTo(steps[0]);
		}
	});
	return node;
}

function machine(end, path) {
	const svg = draw('svg', { viewBox: '0 0 476 412', role: 'group', 'aria-label': word('states_of', word(end)) });
	const visited = new Set(path.flatMap((change) => [change.from, change.to]));
	const taken = new Map(); /* the steps that caused a change, by "FROM TO" */
	const edges = [...EDGES];
	const causes = [];

	for (const change of path) {
		const key = `${change.from} ${change.to}`;

		taken.set(key, [...(taken.get(key) ?? []), change.step]);
	}
	/* What is not in the figure, a reset for instance, bends towards the middle. */
	for (const key of taken.keys())
		if (!edges.some((edge) => `${edge[0]} ${edge[1]}` === key))
			edges.push([...key.split(' '), [240, 150], [240, 150]]);
	for (const [from, to, ...bends] of edges) {
		const steps = taken.get(`${from} ${to}`);
		const usual = EDGES.some((edge) => edge[0] === from && edge[1] === to);
		const edge = drawEdge(from, to, bends, `${steps ? 'taken' : ''}${usual ? '' : ' unusual'}`);

		svg[steps ? 'append' : 'prepend'](edge.node);
		if (steps)
			causes.push(cause(edge.at, steps));
	}
	for (const [name, [x, y]] of Object.entries(PLACES))
		svg.append(draw('g', { class: `node${visited.has(name) ? ' visited' : ''}`, 'data-state': name,
			transform: `translate(${x},${y})` }, draw('title', {}, `${name}: ${word(name)}`),
		draw('rect', { x: -NODE.width / 2, y: -NODE.height / 2, width: NODE.width, height: NODE.height, rx: 5 }),
		draw('text', { y: 4 }, name)));
	svg.append(...causes);
	return svg;
}

function pathList(path) {
	if (!path.length)
		return make('p', { class: 'help' }, word('no_path'));
	return make('ol', { class: 'path' }, ...path.map((change) => {
		const button = make('button', { type: 'button' }, word('step', change.step.number));

		button.addEventListener('click', () => goTo(change.step));
		return make('li', {}, `${change.from} → ${change.to} `, button, make('span', { class: 'faint' }, ` ${word(change.to)}`));
	}));
}

function buildStates() {
	byId('states').querySelector('.both').replaceChildren(...['client', 'server'].map((end) => {
		const path = pathOf(end);

		return make('div', { 'data-end': end }, make('h3', {}, word('states_of', word(end)), ' ', make('span', { class: 'faint' })),
			machine(end, path), make('h3', {}, word('path')), pathList(path));
	}));
}

/* The states after a step; without one, after the last. */
function markStates(step) {
	const at = step ?? current.steps.at(-1);

	for (const half of byId('states').querySelectorAll('[data-end]')) {
		half.querySelector('h3 span').textContent = at ? word('now', at.number) : '';
		for (const node of half.querySelectorAll('.node'))
			node.classList.toggle('now', Boolean(at) && at.state[half.dataset.end] === node.dataset.state);
	}
}
