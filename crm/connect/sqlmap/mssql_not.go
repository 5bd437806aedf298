//go:build !mssql

package sqlmap

// mssqlDialect comes with the build tag mssql.
var mssqlDialect *dialect
