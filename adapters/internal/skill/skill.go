// Package skill finds the skills that a session is created with: directories with a SKILL.md, local or from a git repository.
//
// It imports openapi, environ, a file lock and the standard library, and runs git. Adapters check the sources in Prepare and hand the skills to
// their program where it looks for them, outside the user's project.
package skill

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// File makes a directory a skill.
const File = "SKILL.md"

// Skill is a directory with a File.
type Skill struct {
	Name string // of the directory
	Dir  string // absolute; not to be written to
}

// Sources are where a session's skills come from.
type Sources struct {
	Skills openapi.Skills
	Cache  string // the directory that repositories are kept in
	Base   string // what relative paths begin at; empty = the server's working directory
}

// Error says what is wrong with a source. It is the caller's to mend.
type Error struct{ Source, Reason string }

func (e *Error) Error() string { return e.Source + ": " + e.Reason }

// Fetch checks all sources and gets the newest state of the repositories among them. Errors: *Error, ctx's.
func (s Sources) Fetch(ctx context.Context) ([]Skill, error) { return s.all(ctx, fetch) }

// Load is Fetch without a network: a repository is used as it was fetched last.
func (s Sources) Load(ctx context.Context) ([]Skill, error) { return s.all(ctx, fetched) }

// Copy puts the skills into a directory, which is made and emptied first: each under its name.
func Copy(dir string, skills []Skill) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for _, s := range skills {
		if err := os.CopyFS(filepath.Join(dir, s.Name), os.DirFS(s.Dir)); err != nil {
			return fmt.Errorf("skill %s: %w", s.Name, err)
		}
	}
	return nil
}

func (s Sources) all(ctx context.Context, get getter) ([]Skill, error) {
	var all []Skill
	for _, source := range s.Skills.Sources {
		root, err := s.root(ctx, source, get)
		if err != nil {
			return nil, err
		}
		found, err := find(source, root)
		if err != nil {
			return nil, err
		}
		for _, skill := range found {
			if slices.ContainsFunc(all, func(other Skill) bool { return other.Name == skill.Name }) {
				return nil, &Error{source.Source, "a second skill of the name " + skill.Name}
			}
			all = append(all, skill)
		}
	}
	return all, nil
}

// root is the directory of a source.
func (s Sources) root(ctx context.Context, source openapi.SkillSource, get getter) (string, error) {
	root := source.Source
	switch {
	case source.Type != "local":
		var err error
		if root, err = s.repository(ctx, source, get); err != nil {
			return "", err
		}
	case !filepath.IsAbs(root):
		base, err := filepath.Abs(s.Base)
		if err != nil {
			return "", err
		}
		root = filepath.Join(base, root)
	}
	if source.Subpath == "" {
		return root, nil
	}
	sub := filepath.FromSlash(source.Subpath)
	if !filepath.IsLocal(sub) {
		return "", &Error{source.Source, "subpath leads out of the source: " + source.Subpath}
	}
	return filepath.Join(root, sub), nil
}

// find gives the skills below a directory: itself, those in skills/, or its children; of them only those that are wanted.
func find(source openapi.SkillSource, root string) ([]Skill, error) {
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		return nil, &Error{source.Source, "not a directory: " + root}
	}
	found := at(root)
	for _, dir := range []string{filepath.Join(root, "skills"), root} {
		if len(found) == 0 {
			found = below(dir)
		}
	}
	if len(source.Skills) > 0 {
		for _, name := range source.Skills {
			if !slices.ContainsFunc(found, func(s Skill) bool { return s.Name == name }) {
				return nil, &Error{source.Source, "has no skill " + name}
			}
		}
		found = slices.DeleteFunc(found, func(s Skill) bool { return !slices.Contains(source.Skills, s.Name) })
	}
	if len(found) == 0 {
		return nil, &Error{source.Source, "has no skill: there is no " + File}
	}
	return found, nil
}

func at(dir string) []Skill {
	if info, err := os.Stat(filepath.Join(dir, File)); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return []Skill{{Name: filepath.Base(dir), Dir: dir}}
}

func below(dir string) []Skill {
	var found []Skill
	entries, _ := os.ReadDir(dir) // none where there is no such directory
	for _, e := range entries {
		found = append(found, at(filepath.Join(dir, e.Name()))...)
	}
	return found
}
