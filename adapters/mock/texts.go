package mock

const helpText = `Mock agent commands:
- demo: run a full UI coverage sequence with markers.
- markdown: streaming markdown fixture.
- tool: tool call + tool result with file refs.
- status: status item updates.
- image: message with image content part.
- unknown: item.kind=unknown example.
- permission: permission requests (pending).
- question: question requests (pending).
- error: error + agent.unparsed events.
- unparsed: emit agent.unparsed only.
- end: emit session.ended.

Any other text will be echoed as an assistant message.`

// markdownDeltas are cut where a renderer is hit hardest: inside emphasis, a list and a table.
var markdownDeltas = []string{
	"# Markdown Demo\n\n**Bo",
	"ld**, *ita",
	"lic*, ***bold-",
	"italic***, and ~~stri",
	"kethrough~~.\n\nInline code: `const x = 1`.\n\n## Lists\n- Item one\n  - Nested item\n- Item two\n\n1.",
	" First\n2. Second\n\n> Blockquote with **bold** text.\n\n## Code\n```t",
	"s\nconst answer: number = 42;\nconsole.log(answer);\n```\n\n## Table\n| Column A | Column B |\n|:---------|---------:|\n| Left",
	"     | Right    |\n| Alpha    | Beta     |\n\n## Link\n[Example](https://example.com)\n\n---\n\nEnd of markdown demo.",
}
