/* anatomy.js - one segment taken apart: its arithmetic, notes, headers field by field, its bytes.
 *
 * Which headers and fields there are, and their bits, is in the data: the program has one table for all its views.
 * A field that is pointed at lights up in the diagram and in the bytes, too. */
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

/* ---- its headers ------------------------------------------------------------------------------ */

/* Bits of the frame, as an attribute by which what belongs together is found. */
const bits = (from, count) => ({ 'data-bit': from, 'data-end': from + count });

/* On a phone it is scrolled. */
function table(heads, rows) {
	return make('div', { class: 'scroll' }, make('table', {},
		make('thead', {}, make('tr', {}, ...heads.map((name) => make('th', { scope: 'col' }, word(name))))),
		make('tbody', {}, ...rows)));
}

const cells = (texts) => texts.map((text) => make('td', {}, text));

/* A layer's fields, each with its value: flags that are not set are in the diagram only. */
function fieldsOf(layer) {
	return data.headers[layer.name].fields.slice(0, layer.values.length).map((field, i) =>
		({ ...field, value: layer.values[i], said: data.texts[layer.said[i]] ?? field.meaning }));
}

function fieldTable(layer) {
	const shown = fieldsOf(layer).filter((field) => field.bits > 1 || field.value !== '0');

	return table(['field', 'bits', 'value', 'meaning'], shown.map((field) => make('tr', bits(8 * layer.at + field.bit, field.bits),
		...cells([field.label, String(field.bits), field.value, field.said]))));
}

const optionName = (option) => option.name ?? word('kind', option.kind);

function optionTable(layer) {
	return table(['option', 'bytes', 'value', 'meaning'], layer.options.map((option) =>
		make('tr', bits(8 * (layer.at + option.at), 8 * option.len),
			...cells([optionName(option), String(option.len), option.value, data.texts[option.said]]))));
}

/* What goes over the end of a row of 32 bits has a box in each. */
function boxes(layer, from, count, name, value) {
	const made = [];

	for (let at = from; at < from + count;) {
		const width = Math.min(from + count, (Math.floor(at / 32) + 1) * 32) - at;
		const words = at > from ? ['…'] : count === 1 ? [make('span', { class: 'flag' }, name), make('b', {}, value)] :
			[name, make('b', {}, value)];

		made.push({ row: Math.floor(at / 32), node: make('td', { ...bits(8 * layer.at + at, width), colspan: width,
			class: count === 1 && value !== '0' ? 'set' : null }, ...words) });
		at += width;
	}
	return made;
}

function optionBoxes(layer) {
	return layer.options.flatMap((option) => {
		const at = 8 * option.at, whole = 8 * option.len;

		return [...boxes(layer, at, 8, optionName(option), word('kind', option.kind)),
			...(option.len > 1 ? boxes(layer, at + 8, 8, '', word('length', option.len)) : []),
			...(option.len > 2 ? boxes(layer, at + 16, whole - 16, '', option.value || '…') : [])];
	});
}

/* As the RFCs draw it. */
function bitmap(layer) {
	const rows = [];

	for (const { row, node } of [...fieldsOf(layer).flatMap((field) =>
		boxes(layer, field.bit, field.bits, field.bits < 16 ? field.brief : field.label, field.value)), ...optionBoxes(layer)])
		(rows[row] ??= make('tr')).append(node);
	return make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': word('diagram') },
		make('table', { class: 'bitmap' }, make('thead', { 'aria-hidden': 'true' },
			make('tr', {}, ...Array.from({ length: 32 }, (_, i) => make('th', {}, String(i))))),
		make('tbody', {}, ...rows.filter(Boolean))));
}

/* TCP's is open; those below it wait to be asked. */
function layerBox(layer) {
	const header = data.headers[layer.name];

	return make('details', { open: header.layer === 'transport' ? '' : null }, make('summary', {},
		make('span', { class: `layer-${header.layer}` }, word(header.layer)), `: ${word('header_of', header.label, header.source)}`),
	bitmap(layer), fieldTable(layer), ...(layer.options.length ? part('options', optionTable(layer)) : []));
}

/* ---- its bytes -------------------------------------------------------------------------------- */

/* The layer that a byte belongs to, and whether its field is an odd one: neighbours have different colours. */
function layerOf(step, at) {
	const layer = step.layers.find((one) => at >= one.at && at < one.at + one.len);

	if (!layer)
		return at >= step.bytes.text_at && at < step.bytes.text_end ? ['application', false] : ['link', false];
	const header = data.headers[layer.name];
	const bit = 8 * (at - layer.at);
	const index = header.fields.findIndex((field) => bit < field.bit + field.bits);
	const option = layer.options.findIndex((one) => bit < 8 * (one.at + one.len));

	return [header.layer, Boolean((index < 0 ? option : index) % 2)];
}

function byteNode(step, at, text) {
	const [layer, odd] = layerOf(step, at);

	return make('span', { class: `layer-${layer}${odd ? ' alt' : ''}`, ...bits(8 * at, 8) }, text);
}

function hexDump(step) {
	const bytes = step.bytes.hex.match(/../g) ?? [];
	const width = matchMedia('(min-width: 40rem)').matches ? 16 : 8;
	const dump = make('pre', { class: 'hexdump' });

	for (let at = 0; at < bytes.length; at += width) {
		const row = bytes.slice(at, at + width);

		dump.append(make('span', { class: 'at' }, `${at.toString(16).padStart(4, '0')}  `));
		row.forEach((byte, i) => dump.append(byteNode(step, at + i, byte), ' '));
		dump.append(' '.repeat(3 * (width - row.length) + 1));
		row.forEach((byte, i) => {
			const code = parseInt(byte, 16);

			dump.append(byteNode(step, at + i, code >= 32 && code < 127 ? String.fromCharCode(code) : '.'));
		});
		dump.append('\n');
	}
	return dump;
}

function bytesPart(step) {
	if (!step.bytes)
		return [make('p', { class: 'help' }, word('no_frame'))];
	const layers = ['link', 'network', 'transport', 'application'];
	const have = step.bytes.hex.length / 2;
	const cut = have < step.bytes.length ?
		[make('p', { class: 'help' }, word('hex_cut', countText(have), countText(step.bytes.length)))] : [];

	return [make('p', { class: 'help' }, ...layers.flatMap((name) => [make('span', { class: `layer-${name}` }, word(name)), ' '])),
		make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': word('hex') }, hexDump(step)), ...cut];
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
		...part('header', ...step.layers.map(layerBox).reverse()),
		...(step.text_preview ? part('text', make('p', { class: 'mono' }, step.text_preview)) : []),
		...part('hex', ...bytesPart(step)));
}
