// What an agent asks permission for comes in fields that every agent names its own way.

export type Fields = Record<string, unknown>;

/** A change of a file that the user is asked to allow. */
export interface Change {
  path: string;
  diff: string;
}

/** A request's fields, sorted by what they are to the user. */
export interface Facts {
  changes: Change[];
  shown: [string, unknown][];
  folded: [string, unknown][]; // what only the agent's own program needs
}

// Names of fields beside the tool's input, which is never folded: it is what the user decides on.
const ids = new Set(["agentId", "codexRequestKind", "commandActions", "displayName", "itemId", "options", "permissionSuggestions", "tool",
  "toolCallId", "toolName", "toolUseId"]);

export function factsOf(metadata: Fields): Facts {
  const { input, ...rest } = metadata;
  const facts: Facts = { changes: [], shown: isFields(input) ? Object.entries(input) : [], folded: [] };
  for (const [name, value] of Object.entries(rest)) sort(facts, name, value, metadata);
  if (input !== undefined && !isFields(input)) facts.shown.push(["input", input]);
  return facts;
}

function sort(facts: Facts, name: string, value: unknown, all: Fields): void {
  const changes = changesIn(name, value, all);
  const isKnown = facts.shown.some(([other, same]) => other === name && same === value);
  if (changes) facts.changes.push(...changes);
  else if (ids.has(name)) facts.folded.push([name, value]);
  else if (value !== null && value !== "" && !isKnown) facts.shown.push([name, value]);
}

/** The changes that a field holds; null where it holds something else. */
function changesIn(name: string, value: unknown, all: Fields): Change[] | null {
  if (name === "diff" && typeof value === "string") return [{ path: String(all["filepath"] ?? all["path"] ?? ""), diff: value }];
  if (!Array.isArray(value) || value.length === 0 || !value.every(isChange)) return null;
  return value;
}

function isChange(value: unknown): value is Change {
  return isFields(value) && typeof value["diff"] === "string" && typeof value["path"] === "string";
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
