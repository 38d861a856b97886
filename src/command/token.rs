//! `roadblock token create`, `list` and `revoke`: who may read more and who may write, also while a server runs.

use super::{STORE_DAMAGED, complain, folder_of, refuse, say};
use crate::chance;
use crate::cli::{CreateArgs, RevokeArgs, TokenCommand};
use crate::clock::Clock;
use roadblock_layers::time::Instant;
use roadblock_layers::tokens::{Grant, Listed, Token, Tokens, TokensError, shown};
use std::path::Path;
use std::process::ExitCode;

/// Does it.
pub fn run(command: TokenCommand) -> ExitCode {
    match command {
        TokenCommand::Create(args) => create(args),
        TokenCommand::List(data) => with_folder(data.data, list),
        TokenCommand::Revoke(RevokeArgs { data, name }) => with_folder(data.data, |folder| revoke(folder, &name)),
    }
}

fn with_folder(named: Option<std::path::PathBuf>, act: impl FnOnce(&Path) -> Result<(), TokensError>) -> ExitCode {
    let folder = match folder_of(named) {
        Ok(folder) => folder,
        Err(refused) => return refused,
    };
    match act(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Tells why tokens cannot be used: 3 if what is there is not what was written.
pub(super) fn failed(error: &TokensError) -> ExitCode {
    complain(error);
    ExitCode::from(if error.is_damage() { STORE_DAMAGED } else { super::WRONG_USAGE })
}

fn create(args: CreateArgs) -> ExitCode {
    let token = match chance::bits() {
        Ok(bits) => Token::of(bits),
        Err(error) => return refuse(format_args!("the system has no random numbers to give: {error}")),
    };
    let (now, role) = (Clock::System.now(), args.audience.role());
    let grant = Grant {
        name: args.name.unwrap_or_else(|| format!("{}-{}", role.as_str(), shown(&token))),
        role,
        allow_blind_edits: args.allow_blind_edits,
        created: now,
        expires: args.expires.map(|end| end.from(now)),
    };
    with_folder(args.data.data, |folder| {
        Tokens::of(folder)?.add(&token, &grant)?;
        // The token alone on standard output, so that a script can keep it.
        say(token.reveal());
        complain(format_args!(
            "this is the token of '{}' in {}, {}, {}; it is not shown again",
            grant.name,
            folder.display(),
            rights(&grant),
            until(&grant)
        ));
        Ok(())
    })
}

fn revoke(folder: &Path, name: &str) -> Result<(), TokensError> {
    let grant = Tokens::existing(folder)?.revoke(name, Clock::System.now())?;
    complain(format_args!("the token of '{}', {}, opens nothing any more", grant.name, rights(&grant)));
    Ok(())
}

fn list(folder: &Path) -> Result<(), TokensError> {
    let (now, tokens) = (Clock::System.now(), Tokens::existing(folder)?.list()?);
    let head = ["NAME", "AUDIENCE", "CREATED", "EXPIRES", "DIGEST", "STATE"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(tokens.iter().map(|token| row(token, now))).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..6).map(|column| width(column).unwrap_or_default()).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    Ok(())
}

fn row(Listed { grant, revoked, ending }: &Listed, now: Instant) -> [String; 6] {
    let state = match revoked {
        Some(at) => format!("revoked {at}"),
        None if !grant.holds(now) => "expired".to_owned(),
        None => "in force".to_owned(),
    };
    let expires = grant.expires.map_or_else(|| "never".to_owned(), |end| end.to_string());
    [grant.name.clone(), rights(grant), grant.created.to_string(), expires, format!("…{ending}"), state]
}

fn rights(grant: &Grant) -> String {
    format!("{}{}", grant.role.as_str(), if grant.allow_blind_edits { " with blind edits" } else { "" })
}

fn until(grant: &Grant) -> String {
    grant.expires.map_or_else(|| "good until it is revoked".to_owned(), |end| format!("good until {end}"))
}
