//! `roadblock notify`: asks a server what changed on the roads, and tells a webhook, each change at least once and in order.
//!
//! A process of its own, so that the one that serves sends nothing anywhere. What is still to be told is on the disk before anybody is told,
//! and leaves it when the receiver has said that it has it.

mod outbox;
mod post;

use super::{DATA_SAY_NO, complain, refuse, say};
use crate::cli::NotifyArgs;
use crate::clock::Clock;
use outbox::Outbox;
use post::{Post, Told};
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

/// A secret that is shorter can be guessed.
const LEAST_SECRET_BYTES: usize = 16;
/// How long to wait before trying again: at first, and at most; twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Tells until it is stopped, or once; 1 if the receiver wants to hear no more, 2 if what is asked does not work.
pub fn run(args: NotifyArgs) -> ExitCode {
    match follow(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(DATA_SAY_NO),
        Err(error) => refuse(error),
    }
}

/// Whether the receiver still listens.
fn follow(args: &NotifyArgs) -> Result<bool, Box<dyn Error>> {
    let secret = trimmed(&args.secret_file)?;
    if secret.len() < LEAST_SECRET_BYTES {
        let file = args.secret_file.display();
        return Err(format!("{file}: the secret has {} bytes; it needs {LEAST_SECRET_BYTES} or more", secret.len()).into());
    }
    let token = args.token_file.as_deref().map(trimmed).transpose()?;
    let post = Post::new(args, secret, token);
    let mut outbox = Outbox::open(&args.state, args.since.map_or_else(|| Clock::System.now().exact(), |since| since.exact()))?;
    if let Some(since) = args.since {
        outbox.begin_again(since.exact())?;
    }
    let mut wait = FIRST_WAIT;
    loop {
        match round(&post, &mut outbox) {
            Ok(Told::All) if args.once => return Ok(true),
            Ok(Told::All) => {
                wait = FIRST_WAIT;
                sleep(Duration::from_secs(args.every));
            }
            Ok(Told::Gone) => {
                complain(format_args!("{} wants to hear no more (410)", args.to));
                return Ok(false);
            }
            Err(error) if error.is_final => return Err(error.reason.into()),
            Err(error) => {
                complain(format_args!("{}; trying again in {} s", error.reason, wait.as_secs()));
                sleep(wait);
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}

/// Asks what is new, and tells what is not told yet.
fn round(post: &Post, outbox: &mut Outbox) -> Result<Told, post::Failed> {
    let answer = post.ask(outbox.since())?;
    let next = answer.get("next").and_then(Value::as_str).unwrap_or(outbox.since()).to_owned();
    let alerts = answer.get("alerts").and_then(Value::as_array).cloned().unwrap_or_default();
    let about = answer.get("disclaimer").cloned().unwrap_or_default();
    outbox.put(alerts, &about, next)?;
    while let Some(alert) = outbox.first() {
        match post.tell(alert)? {
            Told::Gone => return Ok(Told::Gone),
            Told::All => say(format_args!(
                "told: {} {}",
                alert["id"].as_str().unwrap_or_default(),
                alert["alert"].as_str().unwrap_or_default()
            )),
        }
        outbox.take_first()?;
    }
    Ok(Told::All)
}

fn trimmed(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.trim().to_owned())
}
