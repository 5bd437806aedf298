package qiibee

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Token types that are known; the vendor adds others.
const (
	TypeERC20  = "erc20"
	TypeERC721 = "erc721"
)

// Token is a kind of points or of collectibles.
type Token struct {
	// ID is how calls name the token; older answers leave it out.
	ID                          string
	Address, Name, Symbol, Type string
	// Metadata is whatever the brand stored.
	Metadata json.RawMessage
}

type tokenIn struct {
	ID       vendorhttp.Text `json:"id"`
	Address  vendorhttp.Text `json:"address"`
	Name     vendorhttp.Text `json:"name"`
	Symbol   vendorhttp.Text `json:"symbol"`
	Type     vendorhttp.Text `json:"type"`
	Metadata json.RawMessage `json:"metadata"`
}

func (in tokenIn) token() Token {
	return Token{
		ID: in.ID.String(), Address: in.Address.String(), Name: in.Name.String(),
		Symbol: in.Symbol.String(), Type: in.Type.String(), Metadata: in.Metadata,
	}
}

// NFT is one collectible of a user.
type NFT struct {
	// ID is the user_nft_id, or the token's own number in older answers; "" when
	// the answer names none.
	ID string
	// Status of the personalisation: "", "pending", "approved" or "rejected".
	Status string
	// PersonalisedData is what the user had engraved: personal data.
	PersonalisedData json.RawMessage
	// Token is set in lists of NFTs; in a Balance the token stands beside.
	Token Token
}

type nftIn struct {
	UserNFTID        vendorhttp.Text `json:"user_nft_id"`
	ID               vendorhttp.Text `json:"id"`
	Status           vendorhttp.Text `json:"status"`
	PersonalisedData json.RawMessage `json:"personalised_data"`
	Token            tokenIn         `json:"token"`
}

func (in nftIn) nft() NFT {
	id := in.UserNFTID.String()
	if id == "" {
		id = in.ID.String()
	}
	return NFT{ID: id, Status: in.Status.String(), PersonalisedData: in.PersonalisedData, Token: in.Token.token()}
}

// Balance is what a user has of one token.
type Balance struct {
	Token Token
	// Amount counts points; it is meaningful when HasAmount is set, which it is
	// not for collectibles.
	Amount    decimal.Decimal
	HasAmount bool
	// NFTs are the collectibles of the token.
	NFTs []NFT
}

type balanceIn struct {
	Balance vendorhttp.Text                  `json:"balance"`
	NFTIDs  vendorhttp.List[vendorhttp.Text] `json:"nft_ids"`
	NFTs    vendorhttp.List[nftIn]           `json:"nfts"`
	Single  map[string]json.RawMessage       `json:"-"`
	nftIn
}

// UnmarshalJSON remembers which fields there are: an item with a status of null
// is an NFT, one without is none.
func (b *balanceIn) UnmarshalJSON(raw []byte) error {
	type plain balanceIn
	if err := json.Unmarshal(raw, (*plain)(b)); err != nil {
		return err
	}
	return json.Unmarshal(raw, &b.Single)
}

// balance reads the item's three shapes: many nfts, their nft_ids alone, or the
// status and data of one beside the token.
func (b balanceIn) balance() Balance {
	out := Balance{Token: b.Token.token()}
	out.Amount, out.HasAmount = b.Balance.Decimal()
	for _, in := range b.NFTs {
		out.NFTs = append(out.NFTs, in.nft())
	}
	for _, id := range b.NFTIDs {
		out.NFTs = append(out.NFTs, NFT{ID: id.String()})
	}
	_, hasStatus := b.Single["status"]
	_, hasData := b.Single["personalised_data"]
	if out.NFTs == nil && !out.HasAmount && (hasStatus || hasData) {
		one := b.nft()
		one.Token = Token{}
		out.NFTs = []NFT{one}
	}
	return out
}

// Balances gives what a user has; an unknown user is NotFound.
func (c *Client) Balances(ctx context.Context, authID string) ([]Balance, error) {
	const call = "get-balances"
	path := userPath(authID)
	if path == "" {
		return nil, refuse(call, badAuthID)
	}
	r := c.request(call, http.MethodGet, path+"/balances", nil)
	return freely(ctx, c, r, func(answer *vendorhttp.Answer) ([]Balance, error) {
		in, err := readList[balanceIn](answer, "balances", "balance")
		balances := make([]Balance, len(in))
		for i := range in {
			balances[i] = in[i].balance()
		}
		return balances, err
	})
}
