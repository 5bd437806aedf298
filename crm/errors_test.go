package crm

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKinds(t *testing.T) {
	seen := map[Kind]bool{}
	for _, kind := range Kinds() {
		require.False(t, seen[kind], kind)
		seen[kind] = true
		require.Regexp(t, `^[a-z_]+$`, string(kind))
		for name, err := range map[string]error{
			"itself": kind, "failed": Fail(kind, "detail"), "wrapped": Wrap(kind, errors.New("cause")),
			"deep": fmt.Errorf("outside: %w", fmt.Errorf("inside: %w", Fail(kind, ""))),
		} {
			assert.ErrorIs(t, err, kind, name)
			assert.Equal(t, kind, KindOf(err), name)
		}
	}
	assert.Equal(t, Kind(""), KindOf(nil))
	assert.Equal(t, ErrInternal, KindOf(errors.New("anything")))
	assert.Equal(t, ErrInternal, KindOf(context.Canceled))
}

func TestErrorTellsKindDetailAndCause(t *testing.T) {
	assert.Equal(t, "invalid_date", Fail(ErrInvalidDate, "").Error())
	assert.Equal(t, "invalid_date: too early", Fail(ErrInvalidDate, "too early").Error())
	err := Wrap(ErrUnavailable, context.DeadlineExceeded)
	assert.Equal(t, "unavailable: context deadline exceeded", err.Error())
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.NotErrorIs(t, err, ErrInternal)
	assert.NoError(t, Wrap(ErrUnavailable, nil))
	// The outermost kind is the one that counts.
	assert.Equal(t, ErrUnavailable, KindOf(Wrap(ErrUnavailable, Fail(ErrCardNotFound, ""))))
}

// A kind that is missing from Kinds would be missing from every table.
func TestKindsListsEveryKind(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	require.NoError(t, err)
	defined := 0
	for _, decl := range file.Decls {
		group, is := decl.(*ast.GenDecl)
		if !is || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			if kind, named := spec.(*ast.ValueSpec).Type.(*ast.Ident); named && kind.Name == "Kind" {
				defined++
			}
		}
	}
	assert.Len(t, Kinds(), defined)
}
