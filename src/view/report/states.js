/* states.js - the eleven states of RFC 9293 (figure 5), once for each end, and the way that was taken. */
'use strict';

const NODE = { width: 104, height: 24 };
const PLACES = {
	'CLOSED': [190, 20], 'LISTEN': [90, 80], 'SYN-SENT': [290, 100], 'SYN-RECEIVED': [90, 150], 'ESTABLISHED': [190, 210],
	'FIN-WAIT-1': [90, 270], 'CLOSE-WAIT': [290, 270], 'CLOSING': [190, 330], 'FIN-WAIT-2': [66, 330],
	'LAST-ACK': [312, 330], 'TIME-WAIT': [130, 395],
};
/* The arrows of the figure: from, to, and where it would run through others, a point to bend around. */
const EDGES = [
	['CLOSED', 'LISTEN'], ['CLOSED', 'SYN-SENT'], ['LISTEN', 'SYN-RECEIVED'], ['LISTEN', 'SYN-SENT'],
	['SYN-SENT', 'SYN-RECEIVED'], ['SYN-SENT', 'ESTABLISHED'], ['SYN-RECEIVED', 'ESTABLISHED'], ['SYN-RECEIVED', 'FIN-WAIT-1'],
	['ESTABLISHED', 'FIN-WAIT-1'], ['ESTABLISHED', 'CLOSE-WAIT'], ['FIN-WAIT-1', 'FIN-WAIT-2'], ['FIN-WAIT-1', 'CLOSING'],
	['FIN-WAIT-1', 'TIME-WAIT', [128, 330]], ['FIN-WAIT-2', 'TIME-WAIT'], ['CLOSING', 'TIME-WAIT'], ['CLOSE-WAIT', 'LAST-ACK'],
	['LAST-ACK', 'CLOSED', [420, 150]], ['TIME-WAIT', 'CLOSED', [475, 400]],
];

/* Where the line from a node's middle towards a point leaves its box. */
function rim([x, y], [toX, toY]) {
	const dx = toX - x, dy = toY - y;
	const scale = Math.min(NODE.width / 2 / Math.abs(dx || 1e-9), NODE.height / 2 / Math.abs(dy || 1e-9), 1);

	return [x + dx * scale, y + dy * scale];
}

function drawEdge(from, to, bend, kind) {
	const middle = bend ?? [(PLACES[from][0] + PLACES[to][0]) / 2, (PLACES[from][1] + PLACES[to][1]) / 2];
	const start = rim(PLACES[from], bend ?? PLACES[to]), end = rim(PLACES[to], bend ?? PLACES[from]);
	const angle = Math.atan2(end[1] - middle[1], end[0] - middle[0]) * 180 / Math.PI;
	const at = [0, 1].map((i) => bend ? (start[i] + 2 * middle[i] + end[i]) / 4 : (start[i] + end[i]) / 2);

	return { at, node: draw('g', {}, draw('path', { class: `edge ${kind}`, d: `M${start}Q${middle} ${end}` }),
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
	const svg = draw('svg', { viewBox: '0 0 372 412', role: 'group', 'aria-label': word('states_of', word(end)) });
	const visited = new Set(path.flatMap((change) => [change.from, change.to]));
	const taken = Map.groupBy ? Map.groupBy(path, (change) => `${change.from} ${change.to}`) : new Map();
	const edges = [...EDGES];
	const causes = [];

	if (!Map.groupBy)
		for (const change of path)
			taken.set(`${change.from} ${change.to}`, [...(taken.get(`${change.from} ${change.to}`) ?? []), change]);
	/* What is not in the figure, a reset for instance, bends towards the middle. */
	for (const key of taken.keys())
		if (!edges.some((edge) => `${edge[0]} ${edge[1]}` === key))
			edges.push([...key.split(' '), [240, 150], 'unusual']);
	for (const [from, to, bend, unusual = ''] of edges) {
		const by = taken.get(`${from} ${to}`);
		const edge = drawEdge(from, to, bend, `${by ? 'taken ' : ''}${unusual}`);

		svg[by ? 'append' : 'prepend'](edge.node);
		if (by)
			causes.push(cause(edge.at, by.map((change) => change.step)));
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
