//! The mapping of a table that the command line names: one that is built in, or anybody's own, from a file.

use super::Refused;
use crate::intake::mappings::{built_in, names, parsed};
use roadblock_layers::import::mapping::Mapping;

/// The mapping of a name, or in the file of that name.
pub(super) fn named(name: &str) -> Result<Mapping, Refused> {
    let text = match built_in(name) {
        Some(text) => text.to_owned(),
        None => std::fs::read_to_string(name).map_err(|error| {
            Refused::Usage(format!("mapping {name}: {error}; name a file, or one that is built in: {}", names()))
        })?,
    };
    parsed(name, &text).map_err(Refused::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_that_is_none_is_refused_in_a_sentence() {
        for (name, what) in [("no-such-mapping", "acled, hxl, sdi-t"), ("Cargo.toml", "unknown field")] {
            let Err(Refused::Usage(reason)) = named(name) else { panic!("{name}") };
            assert!(reason.contains(what), "{reason}");
        }
    }
}
