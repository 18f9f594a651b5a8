package terminal

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

func newFsPut(f *files) *cobra.Command {
	return &cobra.Command{
		Use:   "put FILE PATH",
		Short: "Write a file of this computer to the server",
		Long:  "Write a file of this computer to the server. It is in its place when all of it has arrived. A FILE of - is standard input.",
		Example: `  parley fs put plan.md notes/plan.md --session refactoring
  make report | parley fs put - report.txt --session refactoring`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.remote.client()
			if err != nil {
				return err
			}
			body, end, err := source(cmd, args[0])
			if err != nil {
				return err
			}
			written, err := c.WriteFsFile(cmd.Context(), openapi.WriteFsFileParams{Path: args[1], SessionID: f.session}, body)
			end()
			return f.either(cmd, written, fmt.Sprintf("%s written, %s", written.Path, size(written.BytesWritten)), err)
		},
	}
}

func newFsUpload(f *files) *cobra.Command {
	return &cobra.Command{
		Use:   "upload DIRECTORY|TAR [PATH]",
		Short: "Unpack a directory of this computer, or a tar archive, on the server",
		Long: `Unpack a directory of this computer, or a plain tar archive, into a directory of the server. An archive of - is read from
standard input.`,
		Example: `  parley fs upload ./project --session refactoring
  git archive HEAD | parley fs upload - project`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.remote.client()
			if err != nil {
				return err
			}
			archive, end, err := archiveOf(cmd, args[0])
			if err != nil {
				return err
			}
			params := openapi.UploadFsBatchParams{Path: append(args, "")[1], SessionID: f.session}
			uploaded, err := c.UploadFsBatch(cmd.Context(), params, archive)
			end()
			return f.either(cmd, uploaded, unpacked(uploaded), err)
		},
	}
}

func unpacked(u openapi.FsUploaded) string {
	if u.Truncated {
		return fmt.Sprintf("more than %d files and directories unpacked", len(u.Paths))
	}
	return fmt.Sprintf("%d files and directories unpacked", len(u.Paths))
}

// source opens what is sent, and shows how much of it was. end closes it.
func source(cmd *cobra.Command, name string) (body io.Reader, end func(), err error) {
	p := startProgress(newConsole(cmd.ErrOrStderr()), "sending "+name)
	if name == "-" {
		return p.reader(cmd.InOrStdin()), p.end, nil
	}
	file, err := os.Open(name)
	if err != nil {
		p.end()
		return nil, nil, err
	}
	end = func() { _ = file.Close(); p.end() }
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory; `parley fs upload` sends one", name)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	p.expect(info.Size())
	return &sentFile{file, p}, end, nil
}

// sentFile is a file that tells how much of it was sent, and can be sent again.
type sentFile struct {
	*os.File
	progress *progress
}

// ReadAt implements io.ReaderAt.
func (f *sentFile) ReadAt(b []byte, from int64) (int, error) {
	n, err := f.File.ReadAt(b, from)
	f.progress.at(from + int64(n))
	return n, err
}

// archiveOf is a tar archive: a directory's, packed on the way, or one that is there.
func archiveOf(cmd *cobra.Command, name string) (archive io.Reader, end func(), err error) {
	if info, err := os.Stat(name); name == "-" || err != nil || !info.IsDir() {
		return source(cmd, name)
	}
	p := startProgress(newConsole(cmd.ErrOrStderr()), "sending "+name)
	r, w := io.Pipe()
	packed := make(chan struct{})
	go func() {
		defer close(packed)
		t := tar.NewWriter(w)
		err := t.AddFS(os.DirFS(name))
		_ = w.CloseWithError(errors.Join(err, t.Close())) // never fails
	}()
	return p.reader(r), func() { _ = r.Close(); <-packed; p.end() }, nil
}
