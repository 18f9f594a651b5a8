/** 1.2k, 3.4M */
export function formatCount(n: number): string {
  if (n < 1000) return String(n);
  if (n < 1_000_000) return `${trim(n / 1000)}k`;
  return `${trim(n / 1_000_000)}M`;
}

/** 640 B, 1.2 KiB, 3 MiB: of text, as UTF-16 holds it, which is close enough for people. */
export function formatSize(length: number): string {
  if (length < 1024) return `${length} B`;
  if (length < 1 << 20) return `${trim(length / 1024)} KiB`;
  return `${trim(length / (1 << 20))} MiB`;
}

/** 40 ms, 1.2 s, 12 s, 3 min 5 s */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${trim(seconds)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** now, 5 min, 3 h, 2 d */
export function formatAge(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} d`;
}

/** The time of day. */
export function formatTime(time: string): string {
  return new Date(time).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** JSON text in lines; what is no JSON stays as it is. */
export function prettyJSON(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function trim(n: number): string {
  return n.toFixed(1).replace(/\.0$/, "");
}
