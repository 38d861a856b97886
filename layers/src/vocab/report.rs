//! Words of reports: blockade points and areas.

use super::Vocabulary;

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

impl Subtype {
    /// Whether it happens or lasts; `None` where both occur.
    pub const fn temporality(self) -> Option<Temporality> {
        match self {
            Self::DeclaredBlockade | Self::Checkpoint | Self::ClosureOfficial => Some(Temporality::State),
            Self::Roadblock | Self::ObstaclePhysical => None,
            Self::Ambush
            | Self::VehicleBurning
            | Self::Abduction
            | Self::Ied
            | Self::ArmedClash
            | Self::AirStrike
            | Self::Passage => Some(Temporality::Event),
        }
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

/// Neutral long name of an actor whose code is on the list; a code is not a judgement.
pub fn actor_name(code: &str) -> Option<&'static str> {
    Some(match code {
        "JNIM" => "Jama'at Nusrat al-Islam wal-Muslimin (armed group)",
        "MLI-FAMA" => "Malian armed forces",
        "AES" => "Alliance of Sahel States forces",
        "UNKNOWN" => "Unknown",
        _ => return None,
    })
}
