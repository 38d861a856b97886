//! The closed vocabularies of the records, as `domain.md`'s field uses them: UNSDI-T, CAP 1.2, ACAPS, Critical Threats.
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

        impl Vocabulary for $name {
            const TITLE: &'static str = $title;
            const WORDS: &'static [(Self, &'static str)] = &[$((Self::$variant, $word)),+];
        }
    };
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
    /// What a blockade point is.
    Subtype "subtype" {
        /// An announced blockade; a state.
        DeclaredBlockade "declared_blockade",
        /// A standing control; a state.
        Checkpoint "checkpoint",
        /// A road blocked for a while.
        Roadblock "roadblock",
        /// An attack on vehicles.
        Ambush "ambush",
        /// Vehicles burned.
        VehicleBurning "vehicle_burning",
        /// People taken.
        Abduction "abduction",
        /// An explosive device.
        Ied "ied",
        /// Fighting.
        ArmedClash "armed_clash",
        /// A strike from the air.
        AirStrike "air_strike",
        /// Closed by the authorities; a state.
        ClosureOfficial "closure_official",
        /// A bridge down, a flood.
        ObstaclePhysical "obstacle_physical",
        /// A convoy got through: positive evidence.
        Passage "passage",
    }
}

vocabulary! {
    /// Whether a blockade point happens or lasts.
    Temporality "temporality" {
        /// Happens once and ages.
        Event "event",
        /// Holds while valid.
        State "state",
    }
}

vocabulary! {
    /// What a blockade point does to a road.
    Effect "effect" {
        /// Closes it.
        Closes "closes",
        /// Restricts it.
        Restricts "restricts",
        /// Is worth knowing.
        Advisory "advisory",
        /// Shows that it can be passed.
        Passage "passage",
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
    /// On what the naming of an actor rests.
    Attribution "attribution" {
        /// The actor says so.
        Claimed "claimed",
        /// A report says so.
        Reported "reported",
        /// It is suspected.
        Suspected "suspected",
        /// Analysts judge so.
        Assessed "assessed",
        /// Sources disagree.
        Disputed "disputed",
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
    /// How much an actor has to say in an area (words of Critical Threats).
    AreaClass "area_class" {
        /// Largely uncontested.
        Control "control",
        /// Moves freely, few enemy actions.
        Support "support",
        /// Several forces, none sure.
        Contested "contested",
        /// Attacks happen.
        Attack "attack",
    }
}

vocabulary! {
    /// Where the shape of an area comes from.
    Basis "basis" {
        /// A union of administrative areas.
        AdminUnion "admin_union",
        /// Drawn by hand or by rule; approximate.
        Digitised "digitised",
    }
}

vocabulary! {
    /// What a place is.
    Role "role" {
        /// A large town.
        City "city",
        /// A town or village.
        Town "town",
        /// A crossing of a border.
        BorderPost "border_post",
        /// A sea port.
        Port "port",
    }
}

vocabulary! {
    /// What moves along a corridor.
    Mode "mode" {
        /// Lorries.
        Road "road",
        /// Trains.
        Rail "rail",
        /// Barges.
        River "river",
        /// Ships.
        Sea "sea",
        /// Aircraft.
        Air "air",
    }
}

vocabulary! {
    /// How much a corridor matters.
    RouteClass "route_class" {
        /// Main route.
        Primary "Primary",
        /// Other route.
        Secondary "Secondary",
    }
}

vocabulary! {
    /// What a hindrance is about.
    Commodity "commodity" {
        /// Fuel.
        Fuel "fuel",
        /// Food.
        Food "food",
        /// Goods.
        GeneralCargo "general_cargo",
        /// Bitumen.
        Bitumen "bitumen",
        /// Relief.
        Humanitarian "humanitarian",
        /// People.
        Passengers "passengers",
        /// Everything.
        All "all",
    }
}

vocabulary! {
    /// Along which way of a segment (a to b is forward).
    Direction "direction" {
        /// Both ways.
        Both "both",
        /// From a to b.
        Forward "forward",
        /// From b to a.
        Backward "backward",
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
