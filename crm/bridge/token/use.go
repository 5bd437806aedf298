package token

import "context"

// Source gives out tokens and hears which of them were refused.
type Source interface {
	// Get gives a token to use now.
	Get(context.Context) (Token, error)
	// Drop forgets a token that was refused.
	Drop(Token)
}

// Use makes a call with a token of the source. When the vendor refuses the
// token, it is dropped and the call is made once more with a new one, never a
// third time. An error of getting the token comes back through missing, which may
// say that the call itself was never made.
func Use[T any](ctx context.Context, source Source, refused func(error) bool, missing func(error) error,
	call func(context.Context, Token) (T, error),
) (T, error) {
	var none T
	first, err := source.Get(ctx)
	if err != nil {
		return none, missing(err)
	}
	result, err := call(ctx, first)
	if err == nil || !refused(err) {
		return result, err
	}
	source.Drop(first)
	second, fetchErr := source.Get(ctx)
	if fetchErr != nil {
		return none, missing(fetchErr)
	}
	return call(ctx, second)
}
