//! The tables, made in numbered steps. A file's `user_version` says how many of them it has seen.

use super::error::Damage;
use crate::database::{self, seen};
use rusqlite::Connection;

/// Every step that ever was, the first of an empty file. A step that was released is never changed: what is to change is a new step.
pub(super) const STEPS: &[&str] = &[include_str!("schema/1.sql")];

/// Says in the file that it is ours: `RBLK`.
pub(super) const APPLICATION_ID: i32 = 0x5242_4c4b;

/// Takes a file through the steps it has not seen: all of them, or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    database::migrate(connection, APPLICATION_ID, steps)
}

/// Refuses tables and triggers other than those that the steps make which the file has seen.
pub(super) fn check(connection: &Connection) -> Result<(), Damage> {
    let mut fresh = Connection::open_in_memory().map_err(Damage::file)?;
    let seen = seen(connection).map_err(Damage::file)?;
    migrate(&mut fresh, STEPS.get(..usize::try_from(seen).unwrap_or_default()).unwrap_or(STEPS)).map_err(Damage::file)?;
    let (found, expected) = (parts(connection).map_err(Damage::file)?, parts(&fresh).map_err(Damage::file)?);
    let missing = expected.iter().find(|part| !found.contains(part)).map(|part| (part, "missing or changed"));
    match missing.or_else(|| found.iter().find(|part| !expected.contains(part)).map(|part| (part, "not ours"))) {
        None => Ok(()),
        Some(((name, _), what)) => Err(Damage::file(format_args!("'{name}' of its tables and triggers is {what}"))),
    }
}

/// Names of everything in the schema, and how it was made.
fn parts(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let mut query = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, STEPS).unwrap();
        let before = parts(&connection).unwrap();
        let second = "CREATE TABLE more (a INTEGER) STRICT; ALTER TABLE versions ADD COLUMN b TEXT;";
        let broken = "INSERT INTO more VALUES (1); INSERT INTO nowhere VALUES (1);";
        let steps = [STEPS, &[second, broken]].concat();
        assert!(migrate(&mut connection, &steps).is_err());
        assert_eq!((parts(&connection).unwrap(), seen(&connection).unwrap()), (before, 1));
        check(&connection).unwrap();

        migrate(&mut connection, &steps[..2]).unwrap();
        assert_eq!(seen(&connection).unwrap(), 2);
        migrate(&mut connection, &steps[..2]).unwrap();
        check(&connection).unwrap_err();
    }

    #[test]
    fn a_trigger_that_is_gone_or_foreign_is_seen() {
        for (change, name) in
            [("DROP TRIGGER audit_stays", "audit_stays"), ("CREATE TRIGGER own AFTER INSERT ON audit BEGIN SELECT 1; END", "own")]
        {
            let mut connection = Connection::open_in_memory().unwrap();
            migrate(&mut connection, STEPS).unwrap();
            connection.execute_batch(change).unwrap();
            assert!(check(&connection).unwrap_err().to_string().contains(name));
        }
    }

    #[test]
    fn rows_cannot_be_changed_or_removed() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, STEPS).unwrap();
        connection.execute_batch("INSERT INTO audit VALUES (1, 1, '', '', '', x'', x'', x'')").unwrap();
        for change in
            ["UPDATE audit SET at = 2", "DELETE FROM audit", "REPLACE INTO audit VALUES (1, 2, '', '', '', x'', x'', x'')"]
        {
            assert!(connection.execute_batch(change).is_err(), "{change}");
        }
    }
}
