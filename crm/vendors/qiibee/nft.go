package qiibee

import (
	"context"
	"net/http"
	"net/url"

	"koshelek-adapter/crm/vendors/vendorhttp"
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
	if !vendorhttp.Plain(userNFTID, vendorhttp.MaxID) {
		return refuse(call, "user_nft_id is empty, too long or has control characters")
	}
	if decision != Approved && decision != Rejected {
		return refuse(call, "the decision is neither approved nor rejected")
	}
	r := c.request(call, http.MethodPost, "/nfts", map[string]map[string]string{
		"userNFT": {"user_nft_id": userNFTID, "status": decision},
	})
	_, err := once(ctx, c, r, nothing)
	return err
}

// NFTs gives a user's personalised NFTs (contract: GET /nfts).
func (c *Client) NFTs(ctx context.Context, authID string) ([]NFT, error) {
	const call = "list-nfts"
	if !vendorhttp.Plain(authID, vendorhttp.MaxID) {
		return nil, refuse(call, "user_auth_id is empty, too long or has control characters")
	}
	r := c.request(call, http.MethodGet, "/nfts?"+url.Values{"user_auth_id": {authID}}.Encode(), nil)
	return freely(ctx, c, r, func(answer *vendorhttp.Answer) ([]NFT, error) {
		in, err := readList[nftIn](answer, "nfts", "nft")
		nfts := make([]NFT, len(in))
		for i := range in {
			nfts[i] = in[i].nft()
		}
		return nfts, err
	})
}
