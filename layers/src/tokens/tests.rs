use super::*;
use rusqlite::Connection;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const NOW: Instant = Instant::from_micros(1_760_000_000_000_000);

fn grant(name: &str, role: Role) -> Grant {
    Grant { name: name.into(), role, allow_blind_edits: false, created: NOW, expires: None }
}

fn token(number: u8) -> Token {
    Token::of([number; 32])
}

fn find(reader: &TokenReader, number: u8) -> Option<Grant> {
    reader.find(&token(number).digest(), NOW).unwrap()
}

#[test]
fn a_token_is_good_from_when_it_is_made_until_it_is_revoked_though_the_reader_was_there_first() {
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("data");
    let reader = TokenReader::of(&folder).unwrap();
    assert_eq!(find(&reader, 1), None, "there is no file yet");
    assert!(matches!(Tokens::existing(&folder), Err(TokensError::Missing(_))));
    assert!(!folder.exists());

    let mut tokens = Tokens::of(&folder).unwrap();
    assert_eq!(find(&reader, 1), None);
    tokens.add(&token(1), &grant("anna", Role::Editor)).unwrap();
    tokens.add(&token(2), &grant("cri", Role::Partner)).unwrap();
    assert_eq!(find(&reader, 1), Some(grant("anna", Role::Editor)));
    assert_eq!(find(&reader, 2), Some(grant("cri", Role::Partner)));
    assert_eq!(find(&reader, 3), None);
    assert_eq!(tokens.revoke("anna", NOW).unwrap(), grant("anna", Role::Editor));
    assert_eq!((find(&reader, 1), find(&reader, 2).is_some()), (None, true));
}

#[test]
fn a_token_ends_when_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let end = NOW.plus_days(90);
    let ending = Grant { expires: Some(end), allow_blind_edits: true, ..grant("anna", Role::Admin) };
    Tokens::of(folder.path()).unwrap().add(&token(1), &ending).unwrap();
    let reader = TokenReader::of(folder.path()).unwrap();
    let at = |moment| reader.find(&token(1).digest(), moment).unwrap();
    assert_eq!((at(Instant::from_micros(end.micros() - 1)), at(end)), (Some(ending), None));
}

#[test]
fn a_name_is_one_persons_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let mut tokens = Tokens::of(folder.path()).unwrap();
    tokens.add(&token(1), &grant("anna", Role::Editor)).unwrap();
    let taken = tokens.add(&token(2), &grant("anna", Role::Partner)).unwrap_err();
    assert!(matches!(&taken, TokensError::Taken(name) if name == "anna"), "{taken}");
    let unknown = tokens.revoke("Anna", NOW).unwrap_err().to_string();
    assert!(unknown.contains("'Anna'") && unknown.contains("there are: anna"), "{unknown}");
    tokens.revoke("anna", NOW).unwrap();
    assert!(tokens.revoke("anna", NOW).unwrap_err().to_string().contains("there are: none"));
    tokens.add(&token(2), &grant("anna", Role::Partner)).unwrap();
    let listed: Vec<_> = tokens.list().unwrap().into_iter().map(|one| (one.grant.role, one.revoked)).collect();
    assert!(listed.contains(&(Role::Editor, Some(NOW))) && listed.contains(&(Role::Partner, None)), "{listed:?}");
}

#[test]
fn no_token_is_in_the_file_nor_in_what_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let mut tokens = Tokens::of(folder.path()).unwrap();
    tokens.add(&token(9), &grant("anna", Role::Editor)).unwrap();
    let listed = tokens.list().unwrap();
    assert_eq!(listed[0].ending, shown(&token(9)));
    let token = token(9);
    let secret = &token.reveal()[3..];
    assert!(!format!("{listed:?}").contains(secret));
    drop(tokens);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", path.display());
        assert!(!bytes.windows(32).any(|window| window == [9; 32]), "{}", path.display());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_is_removed_or_replaced_takes_its_tokens_with_it() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    Tokens::of(folder.path()).unwrap().add(&token(1), &grant("anna", Role::Editor)).unwrap();
    Tokens::of(other.path()).unwrap().add(&token(2), &grant("cri", Role::Partner)).unwrap();
    let reader = TokenReader::of(folder.path()).unwrap();
    assert!(find(&reader, 1).is_some());
    let path = file::path(folder.path());
    fs::remove_file(&path).unwrap();
    assert_eq!(find(&reader, 1), None);
    fs::rename(file::path(other.path()), &path).unwrap();
    assert_eq!((find(&reader, 1), find(&reader, 2).is_some()), (None, true));
}

#[test]
fn what_holds_no_tokens_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = file::path(folder.path());
    let refused = |is_damage: bool, says: &str| {
        let before = fs::read(&path).unwrap();
        for error in [Tokens::of(folder.path()).err().unwrap(), TokenReader::of(folder.path()).err().unwrap()] {
            assert!(error.is_damage() == is_damage && error.to_string().contains(says), "{error}");
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    };
    fs::write(&path, "some notes, long enough to be taken for the head of a database by who only looks at its length ".repeat(9))
        .unwrap();
    refused(true, "no SQLite database");
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE roads (a)").unwrap();
    refused(true, "another program");
    fs::remove_file(&path).unwrap();
    drop(Tokens::of(folder.path()).unwrap());
    let later = Connection::open(&path).unwrap();
    later.pragma_update(None, "user_version", 99).unwrap();
    later.close().unwrap();
    refused(false, "newer roadblock");
}

#[test]
fn a_run_that_died_before_it_wrote_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(file::path(folder.path()), "").unwrap();
    let reader = TokenReader::of(folder.path()).unwrap();
    assert_eq!(find(&reader, 1), None);
    Tokens::of(folder.path()).unwrap().add(&token(1), &grant("anna", Role::Editor)).unwrap();
    assert!(find(&reader, 1).is_some());
}

#[test]
fn a_role_that_nobody_knows_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut tokens = Tokens::of(folder.path()).unwrap();
    tokens.add(&token(1), &grant("anna", Role::Partner)).unwrap();
    tokens.connection.execute("UPDATE tokens SET role = 'emperor'", []).unwrap();
    assert!(TokenReader::of(folder.path()).unwrap().find(&token(1).digest(), NOW).is_err());
}

#[test]
fn many_make_tokens_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let make = |number: u8, folder: &Path| {
        Tokens::of(folder).unwrap().add(&token(number), &grant(&format!("n{number}"), Role::Partner)).unwrap();
    };
    let path = folder.path();
    std::thread::scope(|scope| (0..8).for_each(|number| drop(scope.spawn(move || make(number, path)))));
    assert_eq!(Tokens::of(folder.path()).unwrap().list().unwrap().len(), 8);
}
