package qiibee

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"

	"koshelek-adapter/conformance/sim"
)

// code is worth points until somebody uses it.
type code struct {
	Code        string  `json:"code"`
	Value       string  `json:"value"`
	CampaignID  int     `json:"campaign_id"`
	ReferenceID *string `json:"reference_id"`
	usedBy      string
}

// reference is what a reference_id is unique in: everything, or a campaign.
type reference struct {
	campaign int
	id       string
}

const minCodeLength = 9

// createCode makes a code; a reference_id works once. [C]
func (s *Simulator) createCode(c *sim.Call) sim.Answer {
	body, _ := c.JSON()
	object, _ := body["code"].(map[string]any)
	n, fault := s.readCode(object)
	if fault != "" {
		return s.fail(http.StatusBadRequest, fault)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.ReferenceID != nil {
		c.Note = *n.ReferenceID
		ref := reference{id: *n.ReferenceID}
		if s.Knobs.Is(knobReferences, "campaign") {
			ref.campaign = n.CampaignID
		}
		if s.references[ref] {
			s.Audit.Refuse("code", c.Note)
			return s.fail(http.StatusConflict, "reference_id has already been used")
		}
		s.references[ref] = true
	}
	if len(s.codeOrder) >= sim.MaxRecords {
		return s.fail(http.StatusInternalServerError, "the simulator is full")
	}
	length, _ := strconv.Atoi(n.Code)
	n.Code = s.digits(length)
	s.codes[n.Code] = n
	s.codeOrder = append(s.codeOrder, n)
	if n.ReferenceID == nil {
		c.Note = n.Code
	}
	s.Audit.Accept("code", c.Note, n.Value)
	s.Audit.Effect("code", c.Note, n.Value)
	return sim.Answer{Status: http.StatusCreated, Body: map[string]any{"data": *n}}
}

// readCode checks a code; its length stands in Code.
func (s *Simulator) readCode(object map[string]any) (*code, string) {
	value, isText := object["value"].(string)
	points, err := strconv.ParseInt(value, 10, 64)
	if !isText || err != nil || points <= 0 {
		return nil, "value is invalid"
	}
	campaign, _ := object["campaign_id"].(json.Number)
	id, err := strconv.Atoi(campaign.String())
	if err != nil || !slices.Contains(s.options.Campaigns, id) {
		return nil, "Invalid campaign id"
	}
	length := json.Number(strconv.Itoa(minCodeLength))
	if given := object["length"]; given != nil {
		length, _ = given.(json.Number)
	}
	if n, err := strconv.Atoi(length.String()); err != nil || n < minCodeLength || n > 64 {
		return nil, "Code length too short"
	}
	n := &code{Code: length.String(), Value: value, CampaignID: id}
	if given := object["reference_id"]; given != nil {
		ref, isText := given.(string)
		if !isText || ref == "" || len(ref) > 1000 {
			return nil, "reference_id is invalid"
		}
		n.ReferenceID = &ref
	}
	return n, ""
}

// digits makes a code that no other has.
func (s *Simulator) digits(length int) string {
	h := fnv.New64a()
	for try := 0; ; try++ {
		h.Reset()
		_, _ = fmt.Fprintf(h, "%d %d %d", s.Seed, len(s.codeOrder), try)
		text := fmt.Sprintf("%0*d", length, h.Sum64())
		text = text[len(text)-length:]
		if s.codes[text] == nil {
			return text
		}
	}
}

// Codes returns the codes that were made, oldest first.
func (s *Simulator) Codes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []string{}
	for _, n := range s.codeOrder {
		all = append(all, n.Code)
	}
	return all
}
