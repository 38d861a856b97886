//! Words of the road network.

use super::Vocabulary;

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

/// Whether traffic runs: the codes of UNSDI-T, in data as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpStatus {
    /// Nobody said.
    Unknown,
    /// Open.
    Open,
    /// Restricted.
    Restricted,
    /// Closed.
    Closed,
    /// Abandoned or disused.
    Abandoned,
}

impl OpStatus {
    /// Each stands at its code.
    pub const ALL: [Self; 5] = [Self::Unknown, Self::Open, Self::Restricted, Self::Closed, Self::Abandoned];

    /// The code, 0 to 4.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_stands_at_its_code() {
        for (code, status) in (0..).zip(OpStatus::ALL) {
            assert_eq!(status.code(), code);
        }
    }
}
