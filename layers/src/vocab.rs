//! The closed vocabularies of the records, in the words the field uses: UNSDI-T, CAP 1.2, ACLED, Critical Threats, Admiralty.
//!
//! Each word is read and written exactly as it stands here.

/// A closed list of words.
pub trait Vocabulary: Copy + Sized + 'static {
    /// What the list is about, for messages.
    const TITLE: &'static str;
    /// Every word with its text.
    const WORDS: &'static [(Self, &'static str)];

    /// Reads a word; `None` if it is not on the list.
    fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, word)| *word == text).map(|(value, _)| *value)
    }

    /// All words, for messages that say what would be right.
    fn all() -> String {
        Self::WORDS.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
    }
}

macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident $title:literal { $($(#[$what:meta])* $variant:ident $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$what])* $variant),+ }

        impl $name {
            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl Vocabulary for $name {
            const TITLE: &'static str = $title;
            const WORDS: &'static [(Self, &'static str)] = &[$((Self::$variant, $word)),+];
        }
    };
}

mod network;
mod report;

pub use network::{Mode, OpStatus, Role, RouteClass};
pub use report::{AreaClass, Attribution, Basis, Commodity, Direction, Effect, Subtype, Temporality, actor_name};

vocabulary! {
    /// Whom a view is for; who sees more comes later.
    Audience "audience" {
        /// Everybody.
        Public "public",
        /// Registered organisations.
        Partner "partner",
        /// Those who keep the records.
        Editor "editor",
    }
}

impl Audience {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Public, Self::Partner, Self::Editor];
}

vocabulary! {
    /// What a record is about.
    Kind "kind" {
        /// Something that hinders or proves passage.
        Blockade "blockade",
        /// An area under reported influence.
        Area "area",
        /// A chain of segments towards a destination.
        Corridor "corridor",
        /// One leg between two places.
        Segment "segment",
        /// A town, border post or port.
        Place "place",
    }
}

vocabulary! {
    /// How sure it is (CAP 1.2).
    Certainty "certainty" {
        /// Seen.
        Observed "observed",
        /// More probable than not.
        Likely "likely",
        /// Less probable than not.
        Possible "possible",
        /// Hardly.
        Unlikely "unlikely",
        /// Not said.
        Unknown "unknown",
    }
}

vocabulary! {
    /// Who may see a record.
    Sensitivity "sensitivity" {
        /// Everybody.
        Public "public",
        /// Partners in full, the public generalised.
        Restricted "restricted",
        /// Partners generalised, the public in totals.
        Confidential "confidential",
        /// Editors only.
        Strict "strict",
    }
}

vocabulary! {
    /// Admiralty grade of a source.
    Reliability "reliability" {
        /// Completely reliable.
        A "A",
        /// Usually reliable.
        B "B",
        /// Fairly reliable.
        C "C",
        /// Not usually reliable.
        D "D",
        /// Unreliable.
        E "E",
        /// Cannot be judged.
        F "F",
    }
}

vocabulary! {
    /// How far the publisher of a source reaches.
    Scale "scale" {
        /// A town or region.
        Local "local",
        /// A country.
        National "national",
        /// Neighbouring countries.
        Regional "regional",
        /// The world.
        International "international",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_others_are_refused() {
        for (effect, word) in Effect::WORDS {
            assert_eq!(Effect::parse(word), Some(*effect));
            assert_eq!(effect.as_str(), *word);
        }
        assert_eq!(Effect::parse("Closes"), None);
        assert_eq!(Effect::all(), "closes, restricts, advisory, passage");
    }
}
