/* report.js - the page's frame: its words, its connections, which segment is chosen, the theme.
 *
 * ladder.js draws the arrows, anatomy.js one segment, states.js the two state machines, plot.js the sequence
 * space; all of them read the one JSON block. Text goes into the page as text nodes only, never as markup:
 * what a stranger has sent stays text. */
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
let current = null; /* the connection that is shown */
let chosen = null; /* the step that is taken apart, or null */

const byId = (id) => document.getElementById(id);

/* A word of the page; each {} in it is the next of the values. */
function word(name, ...values) {
	let text = data.words[name] ?? name;

	for (const value of values)
		text = text.replace('{}', () => value);
	return text;
}

function fill(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes))
		if (value !== null && value !== false)
			node.setAttribute(name, value);
	node.append(...children);
	return node;
}

/* An element of HTML, or of a drawing. Children are nodes or text. */
function make(tag, attributes = {}, ...children) {
	return fill(document.createElement(tag), attributes, children);
}

function draw(tag, attributes = {}, ...children) {
	return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function timeText(ns) {
	const ms = ns / 1e6;

	return Math.abs(ms) < 9999.9995 ? `${ms.toFixed(3)} ms` : `${(ms / 1e3).toFixed(3)} s`;
}

const countText = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

const hasProblem = (step) => step.notes.some((name) => data.notes[name].problem);

function directionText(step) {
	return word(step.from === 'client' ? 'to_server' : 'to_client');
}

/* What changed, as "CLOSED → SYN-SENT"; empty when that end's state did not. */
function changeText(step, end) {
	const changes = step.changes.filter((change) => change.end === end);

	return changes.length ? [changes[0].from, ...changes.map((change) => change.to)].join(' → ') : '';
}

/* ---- choosing --------------------------------------------------------------------------------- */

/* The kept step with this number, or the nearest. */
function stepNear(number) {
	let best = null;

	for (const step of current.steps)
		if (!best || Math.abs(step.number - number) < Math.abs(best.number - number))
			best = step;
	return best;
}

/* Take a step apart, everywhere on the page; null: none. */
function choose(step) {
	chosen = step;
	markRow(step);
	showAnatomy(step);
	markStates(step);
	markPlot(step);
	byId('close').disabled = !step;
	byId('previous').disabled = !step || step === current.steps[0];
	byId('next').disabled = !step || step === current.steps.at(-1);
}

/* To the step that is @by further, or to one end (±Infinity). */
function walk(by) {
	const last = current.steps.length - 1;
	const at = chosen ? current.steps.indexOf(chosen) + by : by === -Infinity || by > 0 && by < Infinity ? 0 : last;

	choose(current.steps[Math.max(0, Math.min(last, at))]);
}

/* Links to a step from the other drawings lead to its row. */
function goTo(step) {
	choose(step);
	focusRow(step);
}

function closeAnatomy() {
	const step = chosen;

	choose(null);
	if (step)
		focusRow(step);
}

/* ---- the page --------------------------------------------------------------------------------- */

function showSummary() {
	const list = byId('summary').querySelector('dl');

	list.replaceChildren();
	for (const [label, text] of current.rows)
		list.append(make('dt', {}, label), make('dd', {}, text));
}

/* The ladder once more, for those who would rather read: made when it is asked for. */
function showTable() {
	const place = byId('table').querySelector('.scroll');
	const heads = ['number', 'time', 'from', 'segment', 'client_state', 'server_state', 'verdict', 'notes'];

	if (!byId('table').open)
		return;
	place.replaceChildren(make('table', {}, make('caption', {}, word('ladder')),
		make('thead', {}, make('tr', {}, ...heads.map((name) => make('th', { scope: 'col' }, word(name))))),
		make('tbody', {}, ...current.steps.map((step) => make('tr', {},
			make('th', { scope: 'row' }, String(step.number)), make('td', {}, timeText(step.time_ns)),
			make('td', {}, word(step.from)), make('td', {}, step.label),
			make('td', {}, changeText(step, 'client') || step.state.client),
			make('td', {}, changeText(step, 'server') || step.state.server),
			make('td', {}, step.say.map((say) => say.verdict ? `${say.text}: ${say.verdict}` : say.text).join('; ')),
			make('td', {}, step.notes.map((name) => data.notes[name].title).join('; ')))))));
}

function showConnection(index) {
	current = data.connections[index];
	for (const button of byId('connections').querySelectorAll('button'))
		button.setAttribute('aria-current', String(button.dataset.index === String(index)));
	showSummary();
	buildLadder();
	buildStates();
	buildPlots();
	showTable();
	choose(null);
}

function listConnections() {
	const nav = byId('connections');
	const more = nav.querySelector('p');

	nav.hidden = data.connections.length < 2 && !data.left_out;
	data.connections.forEach((connection, index) => {
		const button = make('button', { type: 'button', 'data-index': index },
			`${word('connection', index + 1)}: ${connection.ends.join(' → ')}`);

		button.addEventListener('click', () => showConnection(index));
		nav.querySelector('ul').append(make('li', {}, button));
	});
	more.hidden = !data.left_out;
	more.textContent = word('connections_left_out', countText(data.left_out));
}

function switchTheme() {
	const root = document.documentElement;
	const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;

	root.dataset.theme = dark ? 'light' : 'dark';
}

function start() {
	for (const node of document.querySelectorAll('[data-word]'))
		node.textContent = word(node.dataset.word);
	for (const node of document.querySelectorAll('[data-label]'))
		node.setAttribute('aria-label', word(node.dataset.label));
	document.title = [word('title'), ...data.connections.slice(0, 1).map((connection) => connection.name)].join(': ');
	byId('theme').addEventListener('click', switchTheme);
	byId('previous').addEventListener('click', () => walk(-1));
	byId('next').addEventListener('click', () => walk(1));
	byId('close').addEventListener('click', closeAnatomy);
	byId('table').addEventListener('toggle', showTable);
	document.addEventListener('keydown', (event) => {
		if (event.key === 'Escape' && chosen)
			closeAnatomy();
	});
	listenToLadder();
	listConnections();
	if (data.connections.length)
		showConnection(0);
	else
		document.querySelector('main').replaceChildren(make('p', {}, word('none')));
}
