// Package sqlmap is a [crm.Connector] to a CRM whose tables can be reached with SQL:
// one file names a statement for each operation, and nothing is programmed.
//
// Statements have named parameters, which are bound and never become text of the
// statement. Reads run on connections that can only read, with time-outs and row
// limits; reads that decide a write go to the primary. A write is one procedure in
// one transaction that is given a key and remembers it. What the database finds is
// compared again here, byte by byte: collations take é for e.
//
// MySQL, MariaDB and PostgreSQL are tested on real servers. SQL Server and Oracle
// are built with the tags mssql and oracle, and are not tested.
package sqlmap
