package koshelek

// UserParams is a customer with what the partner wants to tell about him, an
// element of the answer of listUsersExtended. [C]
type UserParams struct {
	Phone  string      `json:"phone"`  // digits with the country code, no plus [C]
	Params List[Param] `json:"params"` // [] when there are none [C]
}

// Param is a named value. [C]
type Param struct {
	Name  string `json:"name"`  // [C]
	Value string `json:"value"` // [C]
}
