package koshelek

// Error is the body of every answer other than 200. [C]
type Error struct {
	Code        string `json:"code"`        // the partner's own code, never empty [C]
	Description string `json:"description"` // for people, without personal data [C]
}
