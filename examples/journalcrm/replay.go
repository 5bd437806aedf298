package journalcrm

import (
	"encoding/json"
	"fmt"
)

// replayer makes a call of the journal once more.
type replayer func(*state, json.RawMessage) error

// replayers are all calls that the journal can hold, by their method.
var replayers = map[string]replayer{
	"Issue":           again((*state).issue),
	"IssueReserved":   again((*state).issueReserved),
	"SetCardState":    again((*state).setCardState),
	"ReplaceCard":     again((*state).replaceCard),
	"ImportCards":     again((*state).importCards),
	"AddNumbers":      again((*state).addNumbers),
	"LeaseNumbers":    again((*state).leaseNumbers),
	"ReleaseNumbers":  again((*state).releaseNumbers),
	"UpdateProfile":   again((*state).updateProfile),
	"SetChannels":     again((*state).setChannels),
	"Grant":           again((*state).grant),
	"Take":            again((*state).take),
	"ExpirePoints":    again((*state).expirePoints),
	"SubmitReceipt":   again((*state).submitReceipt),
	"RedeemCode":      again((*state).redeemCode),
	"PutCodes":        again((*state).putCodes),
	"PutPurchases":    again((*state).putPurchases),
	"PutOffers":       again((*state).putOffers),
	"EndOffer":        again((*state).endOffer),
	"SetSegments":     again((*state).setSegments),
	"ClaimDeliveries": again((*state).claim),
	"SettleDelivery":  again((*state).settle),
	"PutOneTimeCode":  again((*state).putOneTimeCode),
	"UseOneTimeCode":  again((*state).useOneTimeCode),
	"RedeemOrder":     again((*state).redeemOrder),
	"ReverseOrder":    again((*state).reverseOrder),
	snapshotMethod:    func(s *state, raw json.RawMessage) error { return json.Unmarshal(raw, s) },
}

func again[Q, A any](apply func(*state, Q) (A, error)) replayer {
	return func(s *state, raw json.RawMessage) error {
		_, err := run(s, raw, apply)
		return err
	}
}

// replay makes one call of the journal once more. It succeeded then, so an
// error now means that the journal is not what this program wrote.
func (s *state) replay(e entry) error {
	replayer, known := replayers[e.Method]
	if !known {
		return fmt.Errorf("unknown method %q", e.Method)
	}
	if err := replayer(s, e.Request); err != nil {
		return fmt.Errorf("%s cannot be replayed: %w", e.Method, err)
	}
	return nil
}
