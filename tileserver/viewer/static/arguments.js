// The controls of a layer's arguments: one for each parameter, after its widget if it has one, else after its type.
const INPUTS = {
  Int: { type: "number", step: "1" },
  Float: { type: "number", step: "any" },
  Bool: { type: "checkbox" },
  Str: { type: "text" },
  Datetime: { type: "date" },
};

/** Fill the fieldset with a control for each parameter; values in the page's query win over defaults. */
export function buildArguments(fieldset, parameters, given) {
  fieldset.hidden = parameters.length === 0;
  for (const parameter of parameters) {
    const { name } = parameter;
    const control = build(parameter);
    control.id = idOf(name);
    show(control, given.has(name) ? parse(given.get(name)) : parameter.default);
    const label = document.createElement("label");
    label.className = "field";
    label.append(parameter.label, control);
    if (control.type === "range") label.append(readout(control));
    fieldset.append(label);
  }
}

/** Return the arguments that have a value, name to JSON. */
export function readArguments(parameters) {
  const values = parameters.map(({ name, type }) => [name, read(document.getElementById(idOf(name)), type)]);
  return new Map(values.filter(([, value]) => value !== ""));
}

const idOf = (name) => `argument-${name}`;

function build({ type, options, range }) {
  if (options.length) {
    const select = document.createElement("select");
    select.append(...options.map((value) => new Option(value)));
    return select;
  }
  const input = Object.assign(document.createElement("input"), INPUTS[type] ?? { type: "text", placeholder: "JSON" });
  if (range) Object.assign(input, { type: "range", min: range.min, max: range.max, step: range.step ?? input.step });
  input.required = input.type === "number";
  return input;
}

function show(control, value) {
  if (control.type === "checkbox") control.checked = value === true;
  else if (control.type === "date") control.value = String(value ?? "").slice(0, 10);
  else if (value !== null) control.value = typeof value === "object" ? JSON.stringify(value) : value;
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
