/* ladder.js - the time sequence: a row for each segment, in two scales.
 *
 * Compressed, a row is as high as its words; true to scale, its place is its time. Rows are buttons in a list,
 * of which one can be reached by Tab and the others by the arrow keys. There are 1600 at most: the program keeps no
 * more of a connection. */
'use strict';

const ROOM = 20; /* pixels that a label needs */
let trueHeight = 0; /* pixels of the whole, true to scale */

const isTrueScale = () => document.querySelector('input[name=scale]:checked').value === 'true';

const rowOf = (step) => byId('rows').querySelector(`button[data-number="${step.number}"]`);

function rowText(step) {
	const states = ['client', 'server'].map((end) => [word(end), changeText(step, end)]).filter((pair) => pair[1]);

	return [word('step', step.number), timeText(step.time_ns), directionText(step), step.label,
		...states.map((pair) => pair.join(' ')), ...(hasProblem(step) ? [word('odd')] : []),
		...step.notes.filter((name) => data.notes[name].problem).map((name) => data.notes[name].title)].join(', ');
}

function makeRow(step) {
	const state = (end) => make('span', { class: `state ${end}` },
		step.changes.filter((change) => change.end === end).map((change) => change.to).join(' → '));
	const button = make('button', { type: 'button', tabindex: -1, 'aria-pressed': 'false', 'aria-label': rowText(step),
		'data-number': step.number, class: `row ${step.from}${hasProblem(step) ? ' has-problem' : ''}` },
		make('span', { class: 'no' }, String(step.number)), make('span', { class: 'time' }, timeText(step.time_ns)),
		state('client'),
		make('span', { class: 'wire' }, make('span', { class: 'label' }, step.label), make('span', { class: 'arrow' })),
		state('server'));

	return make('li', { 'data-time': step.time_ns }, button);
}

const makeBetween = (kind, text) => make('li', { class: `between ${kind}` }, text);

/* Ten times as long as usual, and long enough to notice. */
function longPause() {
	const gaps = current.steps.slice(1).map((step, i) => step.time_ns - current.steps[i].time_ns).sort((a, b) => a - b);

	return Math.max(1e6, 10 * (gaps[gaps.length >> 1] ?? 0));
}

function buildLadder() {
	const events = [...current.events];
	const rows = document.createDocumentFragment();
	const pause = longPause();
	let before = null;
	const tellEvents = (until) => {
		while (events.length && events[0].after < until) {
			const event = events.shift();

			rows.append(makeBetween(event.event, event.text));
		}
	};

	for (const step of current.steps) {
		const missing = step.number - (before ? before.number : 0) - 1;

		tellEvents(step.number);
		if (missing > 0)
			rows.append(makeBetween('gap', word('gap', countText(missing))));
		else if (before && step.time_ns - before.time_ns > pause)
			rows.append(makeBetween('pause', word('pause', timeText(step.time_ns - before.time_ns))));
		rows.append(makeRow(step));
		before = step;
	}
	tellEvents(Infinity);
	byId('rows').replaceChildren(rows);
	trueHeight = Math.min(40 * current.steps.length + 200, 12000);
	if (current.steps.length)
		rowOf(current.steps[0]).tabIndex = 0;
	layOut();
}

/* Rows true to scale: where their time is; labels where there is room. */
function layOut() {
	const list = byId('rows');
	const scaled = isTrueScale();
	const all = [...list.querySelectorAll('li[data-time]')];
	const first = Number(all[0]?.dataset.time ?? 0);
	const span = Math.max(1, Number(all.at(-1)?.dataset.time ?? 0) - first);
	let shown = -Infinity;

	list.classList.toggle('true', scaled);
	list.style.height = scaled ? `${trueHeight + 2 * ROOM}px` : '';
	byId('zoom').hidden = byId('true-help').hidden = !scaled;
	for (const item of list.querySelectorAll('.between'))
		item.hidden = scaled;
	for (const item of all) {
		const top = (Number(item.dataset.time) - first) / span * trueHeight;
		const crowded = scaled && top - shown < ROOM;

		item.style.top = scaled ? `${top}px` : '';
		item.classList.toggle('crowded', crowded);
		if (!crowded)
			shown = top;
	}
}

function markRow(step) {
	for (const button of byId('rows').querySelectorAll('[aria-pressed="true"]'))
		button.setAttribute('aria-pressed', 'false');
	if (!step)
		return;
	for (const button of byId('rows').querySelectorAll('[tabindex="0"]'))
		button.tabIndex = -1;
	rowOf(step).setAttribute('aria-pressed', 'true');
	rowOf(step).tabIndex = 0;
}

function focusRow(step) {
	rowOf(step).focus();
	rowOf(step).scrollIntoView({ block: 'nearest' });
}

const WALKS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

function onKey(event) {
	if (!(event.key in WALKS) || event.ctrlKey || event.altKey || event.metaKey)
		return;
	event.preventDefault();
	walk(WALKS[event.key]);
	focusRow(chosen);
}

/* By key, or where the segment's place is not beside the ladder: lead there. */
function onClick(event) {
	const button = event.target.closest('button');

	if (!button)
		return;
	choose(stepNear(Number(button.dataset.number)));
	if (event.detail === 0 || !matchMedia('(min-width: 64rem)').matches)
		byId('anatomy-title').focus();
}

function zoom(factor) {
	trueHeight = Math.max(200, Math.min(200000, trueHeight * factor));
	layOut();
	if (chosen)
		focusRow(chosen);
}

function listenToLadder() {
	byId('rows').addEventListener('keydown', onKey);
	byId('rows').addEventListener('click', onClick);
	byId('wider').addEventListener('click', () => zoom(2));
	byId('narrower').addEventListener('click', () => zoom(0.5));
	for (const input of document.querySelectorAll('input[name=scale]'))
		input.addEventListener('change', layOut);
}
