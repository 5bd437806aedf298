package koshelek

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseVersionReadsThePublishedOnes(t *testing.T) {
	for s, want := range map[string]Version{"1.0.0": V100, "1.1.0": V110, "1.2.0": V120, "1.3.0": V130} {
		got, err := ParseVersion(s)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, s, got.String())
	}
}

func TestParseVersionRefusesOthers(t *testing.T) {
	for _, s := range []string{"", "1", "1.0", "v1.0.0", "1.0.0 ", "1.4.0", "2.0.0", "01.0.0"} {
		_, err := ParseVersion(s)
		require.ErrorIs(t, err, ErrVersion, s)
	}
}

func TestVersionsAreInOrder(t *testing.T) {
	assert.Equal(t, -1, V100.Compare(V110))
	assert.Equal(t, 0, V120.Compare(V120))
	assert.Equal(t, 1, V130.Compare(V100))
	assert.True(t, V130.AtLeast(V120))
	assert.True(t, V110.AtLeast(V110))
	assert.False(t, V100.AtLeast(V110))
	assert.False(t, Version(0).AtLeast(V100))
	assert.Empty(t, Version(0).String())
}

func TestReservedWordsAreTheSegmentsBesideTheCardNumber(t *testing.T) {
	for _, word := range ReservedWords() {
		assert.True(t, IsReservedWord(word), word)
	}
	assert.False(t, IsReservedWord("Anonymous"), "paths tell upper from lower case")
	assert.False(t, IsReservedWord("2000000000015"))
	assert.Equal(t, "/v1/card/"+ReservedWords()[0], "/v1/card/anonymous")
	assert.Equal(t, "/v1/card/"+ReservedWords()[1], "/v1/card/getAllUsers")
	assert.Equal(t, "/v1/card/"+ReservedWords()[2], "/v1/card/getAllUsersExtended")
}

func TestMethodsBelongToTheCaller(t *testing.T) {
	Methods()[0].Path = "/elsewhere"
	Methods()[1].AlsoVerbs[0] = "PATCH"
	assert.Equal(t, "/v1/card", Methods()[0].Path)
	assert.Equal(t, "PUT", Methods()[1].AlsoVerbs[0])
	assert.Len(t, Methods(), 13)
}

func TestOpenAPIBelongsToTheCaller(t *testing.T) {
	clear(OpenAPI())
	assert.NotZero(t, OpenAPI()[0])
}
