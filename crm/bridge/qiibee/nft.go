package qiibee

import (
	"context"
	"net/http"
	"net/url"

	"koshelek-adapter/crm/bridge/wire"
)

// What can become of a personalisation.
const (
	Approved = "approved"
	Rejected = "rejected"
)

// DecideNFT approves or rejects a user's personalisation (contract: POST /nfts). It is
// sent once, since the vendor writes to the user.
func (c *Client) DecideNFT(ctx context.Context, userNFTID, decision string) error {
	const call = "decide-nft"
	if !wire.Plain(userNFTID, maxID) {
		return refuse(call, "user_nft_id is empty, too long or has control characters")
	}
	if decision != Approved && decision != Rejected {
		return refuse(call, "the decision is neither approved nor rejected")
	}
	r, err := c.request(call, http.MethodPost, "/nfts", map[string]map[string]string{
		"userNFT": {"user_nft_id": userNFTID, "status": decision},
	})
	if err != nil {
		return err
	}
	_, err = once(ctx, c, r, func(*wire.Answer) (struct{}, error) { return struct{}{}, nil })
	return err
}

// NFTs gives a user's personalised NFTs (contract: GET /nfts).
func (c *Client) NFTs(ctx context.Context, authID string) ([]NFT, error) {
	const call = "list-nfts"
	if !wire.Plain(authID, maxID) {
		return nil, refuse(call, "user_auth_id is empty, too long or has control characters")
	}
	r, err := c.request(call, http.MethodGet, "/nfts?"+url.Values{"user_auth_id": {authID}}.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return freely(ctx, c, r, func(answer *wire.Answer) ([]NFT, error) {
		in, err := readList[nftIn](answer, "nfts", "nft")
		nfts := make([]NFT, len(in))
		for i := range in {
			nfts[i] = in[i].nft()
		}
		return nfts, err
	})
}
