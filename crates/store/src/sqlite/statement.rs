//! SQL as constants, each in a registry, and the three ways to run it.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::fault::Fault;

/// Declares statements as constants and lists them in `ALL`, which tests prepare and explain.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*

        /// Every statement of this file by its name.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
pub(super) use statements;

/// Runs a statement that changes rows; returns how many.
pub(super) fn change(conn: &Connection, sql: &str, params: impl Params) -> Result<usize, Fault> {
    Ok(conn.prepare_cached(sql)?.execute(params)?)
}

/// Runs a statement that changes exactly one row; otherwise what the batch relies on does not hold.
pub(super) fn change_one(conn: &Connection, sql: &str, params: impl Params) -> Result<(), Fault> {
    if change(conn, sql, params)? == 1 { Ok(()) } else { Err(Fault::Conflict) }
}

/// The first row, if there is one.
pub(super) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Fault> {
    Ok(conn.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// Whether there is a row.
pub(super) fn exists(conn: &Connection, sql: &str, params: impl Params) -> Result<bool, Fault> {
    Ok(conn.prepare_cached(sql)?.exists(params)?)
}

/// All rows.
pub(super) fn all<T, C: FromIterator<T>>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<C, Fault> {
    Ok(conn.prepare_cached(sql)?.query_map(params, read)?.collect::<rusqlite::Result<C>>()?)
}
