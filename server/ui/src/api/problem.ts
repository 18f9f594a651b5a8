/** A refusal or a failure, in words for the user. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(message);
  }
}

/** The problem that an answer holds; what is no problem document (a proxy's page, say) is told by its status alone. */
export function problemOf(status: number, body: unknown): Problem {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const detail = typeof fields["detail"] === "string" ? fields["detail"] : `the server answered with status ${status}`;
  const code = typeof fields["code"] === "string" ? fields["code"] : "";
  return new Problem(detail + rejected(fields["errors"]), status, code);
}

/** The fields that a request was refused for. */
function rejected(errors: unknown): string {
  if (!Array.isArray(errors) || errors.length === 0) return "";
  const all = errors as { pointer?: unknown; detail?: unknown }[];
  return ": " + all.map((e) => `${String(e.pointer)} ${String(e.detail)}`).join("; ");
}

/** Any thrown value as words. fetch throws a TypeError where no server answers. */
export function wordsOf(thrown: unknown): string {
  if (thrown instanceof TypeError) return "the server does not answer";
  return thrown instanceof Error ? thrown.message : String(thrown);
}
