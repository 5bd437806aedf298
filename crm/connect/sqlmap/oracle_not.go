//go:build !oracle

package sqlmap

// oracleDialect comes with the build tag oracle.
var oracleDialect *dialect
