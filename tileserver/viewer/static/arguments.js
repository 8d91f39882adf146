// The controls of a layer's arguments: one for each parameter, after its widget where it has one, else after its type.
const INPUTS = {
  Int: { type: "number", step: "1" },
  Float: { type: "number", step: "any" },
  Bool: { type: "checkbox" },
  Str: { type: "text" },
  Datetime: { type: "date" },
};
const BLANKS = { Int: 0, Float: 0, Bool: false, Str: "" }; // what a widget's default is when it is not written

/** Fill the fieldset with a control for each parameter; values in the page's query win over defaults. */
export function buildArguments(fieldset, parameters, given) {
  fieldset.hidden = parameters.length === 0;
  for (const { name, typespec, ...widgets } of parameters) {
    const [kind, options] = Object.entries(widgets)[0] ?? ["", {}];
    const control = build(kind, options, typespec.type);
    control.id = idOf(name);
    show(control, given.has(name) ? parse(given.get(name)) : options.default ?? (kind && BLANKS[typespec.type]));
    const label = document.createElement("label");
    label.className = "field";
    label.append(options.label || name, control);
    if (control.type === "range") label.append(readout(control));
    fieldset.append(label);
  }
}

/** Return the arguments that have a value, name to JSON. */
export function readArguments(parameters) {
  const values = parameters.map(({ name, typespec }) => [name, read(document.getElementById(idOf(name)), typespec.type)]);
  return new Map(values.filter(([, value]) => value !== ""));
}

const idOf = (name) => `argument-${name}`;

function build(kind, options, type) {
  if (kind.endsWith("_select")) {
    const select = document.createElement("select");
    select.append(...options.options.map((value) => new Option(value)));
    return select;
  }
  const input = Object.assign(document.createElement("input"), INPUTS[type] ?? { type: "text", placeholder: "JSON" });
  if (kind.endsWith("_slider")) {
    Object.assign(input, { type: "range", min: options.min ?? 0, max: options.max ?? 0, step: options.step ?? input.step });
  }
  input.required = input.type === "number";
  return input;
}

function show(control, value) {
  if (control.type === "checkbox") control.checked = value === true;
  else if (control.type === "date") control.value = String(value ?? "").slice(0, 10);
  else if (value !== undefined) control.value = typeof value === "object" ? JSON.stringify(value) : value;
}

function read(control, type) {
  if (type === "Bool") return String(control.checked);
  return type === "Str" || (type === "Datetime" && control.value) ? JSON.stringify(control.value) : control.value;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readout(control) {
  const output = document.createElement("output");
  const follow = () => { output.textContent = control.value; };
  control.addEventListener("input", follow);
  follow();
  return output;
}
