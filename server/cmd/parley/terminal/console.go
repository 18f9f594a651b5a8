package terminal

import (
	"io"
	"os"
	"strings"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// console is one of the two streams that a command prints to.
type console struct {
	w     io.Writer
	paint palette
	fresh *bool // the cursor stands at the beginning of a line; streams to one terminal share it
}

// palette are the colours of one stream; none where it is no terminal or NO_COLOR is set.
type palette struct{ plain, bold, dim, red, green, yellow, cyan *color.Color }

// consoles are standard output and standard error.
func consoles(out, errs io.Writer) (answer, notes *console) {
	answer, notes = newConsole(out), newConsole(errs)
	if isTerminal(out) && isTerminal(errs) {
		notes.fresh = answer.fresh
	}
	return answer, notes
}

func newConsole(w io.Writer) *console {
	fresh := true
	return &console{w: w, paint: newPalette(isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"), fresh: &fresh}
}

func newPalette(on bool) palette {
	style := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if c.DisableColor(); on {
			c.EnableColor()
		}
		return c
	}
	plain := style()
	plain.DisableColor()
	return palette{plain, style(color.Bold), style(color.Faint), style(color.FgRed), style(color.FgGreen), style(color.FgYellow), style(color.FgCyan)}
}

// isTerminal tells whether a stream, in or out, is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// wide is the width of what is no terminal: a program may want to read all, and nobody wants a line without end.
const wide = 1000

// width is how many columns a line has.
func (c *console) width() int {
	file, ok := c.w.(*os.File)
	if !ok {
		return wide
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 20 {
		return wide
	}
	return width
}

// say prints a text that goes on where the last one ended. It is the one way to the stream for what others have said.
func (c *console) say(style *color.Color, text string) {
	if text = clean(text); text == "" {
		return
	}
	style.Fprint(c.w, text) //nolint:errcheck // for people; nobody is left to be told when it fails
	*c.fresh = strings.HasSuffix(text, "\n")
}

// line prints lines of their own.
func (c *console) line(style *color.Color, text string) {
	c.newline()
	c.say(style, text)
	c.newline()
}

// newline ends a line that was begun.
func (c *console) newline() {
	if !*c.fresh {
		io.WriteString(c.w, "\n") //nolint:errcheck // as above
		*c.fresh = true
	}
}
