/* anatomy.js - one segment taken apart: its arithmetic, notes, fields, the diagram of RFC 9293, its bytes.
 *
 * Which fields there are, and their bits, is in the data: the program has one table for all its views. A field
 * that is pointed at lights up in the diagram and in the bytes, too. */
'use strict';

const part = (name, ...nodes) => [make('h3', {}, word(name)), ...nodes];

/* ---- what it means ---------------------------------------------------------------------------- */

function arithmetic(step) {
	return make('ul', { class: 'said' }, ...step.say.map((say) => make('li', {},
		make('span', {}, say.text, ...(say.source ? [' ', make('span', { class: 'faint' }, `(${say.source})`)] : [])),
		make('span', { class: `verdict ${say.style}` }, say.verdict))));
}

function stateLines(step) {
	const line = (end) => make('p', { class: 'help' }, `${word(end)}: ${changeText(step, end) || step.state[end]}`);

	return [line('client'), line('server')];
}

function noteBoxes(step) {
	return step.notes.map((name) => data.notes[name]).map((note) =>
		make('div', { class: note.problem ? 'note problem' : 'note' }, make('strong', {}, `${note.title}. `), note.text));
}

/* ---- the header ------------------------------------------------------------------------------- */

const valueOf = (step, name) => step.field[data.fields.findIndex((field) => field.name === name)];

function meaning(step, field) {
	const relative = { seq: step.seq, ack: step.ack }[field.name];

	if (relative !== undefined)
		return `${word('relative', relative)}: ${field.meaning}`;
	if (field.name === 'checksum')
		return word(`checksum_${step.checksum}`);
	if (field.name === 'data_offset')
		return `${field.meaning} (${word('header_bytes', step.header_len)})`;
	if (field.name === 'window' && step.window !== undefined && step.window !== step.window_field)
		return `${field.meaning} (${word('scaled', countText(step.window))})`;
	return field.meaning;
}

const shownValue = (field, value) => field.name === 'checksum' ? `0x${value.toString(16).padStart(4, '0')}` : String(value);

/* Bits of the TCP header, as an attribute by which what belongs together is found. */
const bits = (from, count) => ({ 'data-bit': from, 'data-end': from + count });

function table(heads, rows) {
	return make('table', {}, make('thead', {}, make('tr', {}, ...heads.map((name) => make('th', { scope: 'col' }, word(name))))),
		make('tbody', {}, ...rows));
}

const cells = (texts) => texts.map((text) => make('td', {}, text));

function fieldTable(step) {
	return table(['field', 'bits', 'value', 'meaning'], data.fields.map((field, i) =>
		make('tr', { ...bits(field.bit, field.bits), class: field.bits === 1 && !step.field[i] ? null : 'on' },
			...cells([field.label, String(field.bits), shownValue(field, step.field[i]), meaning(step, field)]))));
}

function optionTable(step) {
	let at = 160;

	return table(['option', 'bytes', 'value', 'meaning'], step.options.map((option, i) => {
		const info = data.options[option.kind];
		const from = at;

		at += 8 * option.len;
		return make('tr', { ...bits(from, 8 * option.len), class: 'on' },
			...cells([option.name ?? `${word('option')} ${option.kind}`, String(option.len), step.option_values[i],
				info ? `${info.meaning} (${info.source})` : word('unknown_option')]));
	}));
}

function box(from, count, name, value, set) {
	return make('td', { ...bits(from, count), colspan: count, class: set ? 'set' : null },
		count === 1 ? make('span', { class: 'flag' }, name) : name, make('b', {}, value));
}

function optionBoxes(step) {
	const boxes = [];
	let at = 160;

	for (const [i, option] of step.options.entries()) {
		boxes.push([at, 8, option.name ?? '?', String(option.kind)]);
		if (option.len > 1)
			boxes.push([at + 8, 8, word('bytes'), String(option.len)]);
		/* A value may go over the end of a row: then it has a box in each. */
		for (let from = at + 16, end = at + 8 * option.len; from < end;) {
			const count = Math.min(end, (Math.floor(from / 32) + 1) * 32) - from;

			boxes.push([from, count, '', from === at + 16 ? step.option_values[i] || '…' : '…']);
			from += count;
		}
		at += 8 * option.len;
	}
	return boxes.map((box_) => box(...box_, false));
}

function bitmap(step) {
	const boxes = data.fields.map((field, i) => box(field.bit, field.bits, field.bits === 1 ? field.brief : field.label,
		shownValue(field, step.field[i]), field.bits === 1 && step.field[i]));
	const rows = [];

	for (const node of [...boxes, ...optionBoxes(step)]) {
		const row = Math.floor(node.dataset.bit / 32);

		(rows[row] ??= make('tr')).append(node);
	}
	return make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': word('diagram') },
		make('table', { class: 'bitmap' }, make('thead', { 'aria-hidden': 'true' },
			make('tr', {}, ...Array.from({ length: 32 }, (_, i) => make('th', {}, String(i))))),
		make('tbody', {}, ...rows.filter(Boolean))));
}

/* ---- its bytes -------------------------------------------------------------------------------- */

function layerOf(frame, at) {
	return at < frame.ip_at ? 'link' : at < frame.tcp_at ? 'network' : at < frame.text_at ? 'transport' : 'application';
}

/* Fields beside each other have different colours. */
function isOddField(frame, at) {
	const bit = 8 * (at - frame.tcp_at);
	const index = data.fields.findIndex((field) => bit < field.bit + field.bits);

	return at >= frame.tcp_at && at < frame.text_at && (index < 0 ? bit >> 5 : index) % 2;
}

function byteNode(frame, at, text) {
	const layer = layerOf(frame, at);

	return make('span', { class: `layer-${layer}${isOddField(frame, at) ? ' alt' : ''}`,
		...(layer === 'transport' ? bits(8 * (at - frame.tcp_at), 8) : {}) }, text);
}

function hexDump(frame) {
	const bytes = frame.hex.match(/../g) ?? [];
	const width = matchMedia('(min-width: 40rem)').matches ? 16 : 8;
	const dump = make('pre', { class: 'hexdump' });

	for (let at = 0; at < bytes.length; at += width) {
		const row = bytes.slice(at, at + width);

		dump.append(make('span', { class: 'at' }, `${at.toString(16).padStart(4, '0')}  `));
		row.forEach((byte, i) => dump.append(byteNode(frame, at + i, byte), ' '));
		dump.append(' '.repeat(3 * (width - row.length) + 1));
		row.forEach((byte, i) => {
			const code = parseInt(byte, 16);

			dump.append(byteNode(frame, at + i, code >= 32 && code < 127 ? String.fromCharCode(code) : '.'));
		});
		dump.append('\n');
	}
	return dump;
}

function bytesPart(frame) {
	if (!frame)
		return [make('p', { class: 'help' }, word('no_frame'))];
	const layers = ['link', 'network', 'transport', 'application'];
	const cut = frame.hex.length / 2 < frame.length ?
		[make('p', { class: 'help' }, word('hex_cut', countText(frame.hex.length / 2), countText(frame.length)))] : [];

	return [make('p', { class: 'help' }, ...layers.flatMap((name) => [make('span', { class: `layer-${name}` }, word(name)), ' '])),
		make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': word('hex') }, hexDump(frame)), ...cut];
}

/* ---- all of it -------------------------------------------------------------------------------- */

/* Where the pointer is, everything that shares bits with it lights up. */
function light(event) {
	const under = event.target.closest?.('[data-bit]');

	for (const node of byId('parts').querySelectorAll('[data-bit]'))
		node.classList.toggle('lit', Boolean(under) && Number(node.dataset.bit) < Number(under.dataset.end) &&
			Number(under.dataset.bit) < Number(node.dataset.end));
}

function showAnatomy(step) {
	const parts = byId('parts');

	byId('anatomy-title').textContent = step ? word('step', step.number) : word('anatomy');
	parts.onpointerover = light;
	if (!step) {
		parts.replaceChildren(make('p', { class: 'help' }, word('choose')));
		return;
	}
	parts.replaceChildren(make('p', {}, make('strong', {}, step.label), ` · ${directionText(step)} · ${timeText(step.time_ns)}`),
		...part('arithmetic', arithmetic(step)), ...part('states', ...stateLines(step)),
		...(step.notes.length ? part('notes', ...noteBoxes(step)) : []),
		...part('diagram', bitmap(step)), ...part('header', fieldTable(step)),
		...(step.options.length ? part('options', optionTable(step)) : []),
		...(step.text_preview ? part('text', make('p', { class: 'mono' }, step.text_preview)) : []),
		...part('hex', ...bytesPart(step.frame)));
}
