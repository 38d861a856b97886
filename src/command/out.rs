//! Where a command writes: standard output, or a file that stands under its name when it is whole and never takes another's place unasked.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Its owner alone.
    Owner,
    /// Whoever the user lets read new files.
    Everybody,
}

impl Privacy {
    const fn mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Everybody => 0o666,
        }
    }
}

/// Whether a name stands for standard output.
pub(super) fn is_standard_output(out: &Path) -> bool {
    out == Path::new("-")
}

/// Writes what `write` writes.
///
/// # Errors
/// When a file is there and may not be replaced, and what the system says; then no file is there that was not.
pub(super) fn written(
    out: &Path,
    replace: bool,
    privacy: Privacy,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    if is_standard_output(out) {
        let mut stdout = BufWriter::new(io::stdout().lock());
        return write(&mut stdout).and_then(|()| stdout.flush()).map_err(|error| format!("standard output: {error}"));
    }
    if out.exists() && !replace {
        return Err(format!("{} is there already and is not overwritten without --replace", out.display()));
    }
    let mut beside = out.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    put(&beside, out, privacy, write).map_err(|error| {
        // What was begun is of no use; if it cannot be removed either, the error says why.
        let _ = fs::remove_file(&beside);
        format!("{}: {error}", out.display())
    })
}

/// Writes beside the file, then names it.
fn put(beside: &Path, out: &Path, privacy: Privacy, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if beside.exists() {
        // Of a run that died: its rights may be others.
        fs::remove_file(beside)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(privacy.mode()).open(beside)?;
    let mut buffered = BufWriter::new(file);
    write(&mut buffered)?;
    buffered.into_inner()?.sync_all()?;
    fs::rename(beside, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let top = tempfile::tempdir().unwrap();
        let out = top.path().join("out");
        let say = |text: &'static str, replace| written(&out, replace, Privacy::Owner, |out| out.write_all(text.as_bytes()));
        say("one", false).unwrap();
        assert!(say("two", false).unwrap_err().contains("--replace"));
        assert_eq!(fs::read_to_string(&out).unwrap(), "one");
        say("two", true).unwrap();
        let broken = written(&out, true, Privacy::Owner, |out| {
            out.write_all(b"thr")?;
            Err(io::Error::other("the pen broke"))
        });
        assert!(broken.unwrap_err().ends_with("the pen broke"));
        assert_eq!(fs::read_to_string(&out).unwrap(), "two");
        assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
