//! Sixteen boxes side by side: all their west edges, then all south edges, and so on, so that one step of the processor compares several of them.
//!
//! East and north edges are negated. So all four are lower bounds, and a box touches another if each is at most the opposite edge of the other:
//!
//! ```text
//!   west <= asked east    south <= asked north    -east <= -asked west    -north <= -asked south
//! ```

use super::Bounds;
use std::array;

/// Boxes in a node.
pub(super) const SIZE: usize = 16;

/// West, south, and east and north negated.
type Edges<T> = [T; 4];

/// Up to sixteen boxes, of which those of less precision are a little larger, never smaller. Room that is left touches nothing that ends somewhere.
#[derive(Debug, Clone)]
pub(super) struct Node<T>(Edges<[T; SIZE]>);

/// A box that is asked for, as nodes of either precision are asked.
pub(super) struct Asked {
    own: Edges<f64>,
    /// The edges opposite to those of a box that touches.
    opposite: (Edges<f64>, Edges<f32>),
}

impl Asked {
    pub(super) fn of(bounds: &Bounds) -> Self {
        let opposite = [bounds.east, bounds.north, -bounds.west, -bounds.south];
        // The nearest number that is not below.
        Self { own: edges(bounds), opposite: (opposite, opposite.map(|edge| -f32::at_most(-edge))) }
    }
}

/// How precisely a node has its edges.
pub(super) trait Edge: Copy + PartialOrd + Into<f64> {
    /// Above all edges.
    const NOWHERE: Self;
    /// The nearest number that is not above an edge.
    fn at_most(edge: f64) -> Self;
    /// The edges opposite to those of a box that touches.
    fn opposite(asked: &Asked) -> &Edges<Self>;
}

impl Edge for f64 {
    const NOWHERE: Self = Self::INFINITY;

    fn at_most(edge: f64) -> Self {
        edge
    }

    fn opposite(asked: &Asked) -> &Edges<Self> {
        &asked.opposite.0
    }
}

impl Edge for f32 {
    const NOWHERE: Self = Self::INFINITY;

    fn at_most(edge: f64) -> Self {
        let nearest = edge as Self;
        if f64::from(nearest) > edge { nearest.next_down() } else { nearest }
    }

    fn opposite(asked: &Asked) -> &Edges<Self> {
        &asked.opposite.1
    }
}

impl<T: Edge> Node<T> {
    /// Nodes of some boxes, in their order; none of them is empty.
    pub(super) fn pack(mut boxes: impl ExactSizeIterator<Item = Bounds>) -> Vec<Self> {
        let mut nodes = Vec::with_capacity(boxes.len().div_ceil(SIZE));
        while boxes.len() > 0 {
            let mut columns = [[T::NOWHERE; SIZE]; 4];
            for (number, bounds) in boxes.by_ref().take(SIZE).enumerate() {
                let edges = edges(&bounds).map(T::at_most);
                (0..4).for_each(|edge| columns[edge][number] = edges[edge]);
            }
            nodes.push(Self(columns));
        }
        nodes
    }

    /// Which of its boxes touch, ascending.
    pub(super) fn touching(&self, asked: &Asked) -> impl Iterator<Item = usize> + use<T> {
        let (Self([west, south, east, north]), asked) = (self, T::opposite(asked));
        // All four of all sixteen: which of them fails follows no pattern.
        let touch: [u8; SIZE] = array::from_fn(|number| {
            let (west, south) = (west[number] <= asked[0], south[number] <= asked[1]);
            let (east, north) = (east[number] <= asked[2], north[number] <= asked[3]);
            (west & south & east & north).into()
        });
        let mut left = u128::from_le_bytes(touch);
        std::iter::from_fn(move || {
            let number = left.trailing_zeros() / u8::BITS;
            left &= left.wrapping_sub(1);
            (number < SIZE as u32).then_some(number as usize)
        })
    }

    /// Whether a box lies wholly within what is asked for.
    pub(super) fn lies_within(&self, number: usize, asked: &Asked) -> bool {
        self.0.iter().zip(asked.own).all(|(column, own)| own <= column[number].into())
    }

    /// Its boxes, in order.
    pub(super) fn boxes(&self) -> impl Iterator<Item = Bounds> {
        let edges = (0..SIZE).map(|number| self.0.each_ref().map(|column| column[number]));
        edges.take_while(|edges| edges[0] < T::NOWHERE).map(bounds)
    }

    /// The box around all of them.
    pub(super) fn around(&self) -> Bounds {
        bounds(self.0.map(|column| column.into_iter().fold(T::NOWHERE, |least, edge| if edge < least { edge } else { least })))
    }
}

fn edges(bounds: &Bounds) -> Edges<f64> {
    [bounds.west, bounds.south, -bounds.east, -bounds.north]
}

fn bounds(edges: Edges<impl Edge>) -> Bounds {
    let [west, south, east, north] = edges.map(Into::into);
    Bounds { west, south, east: -east, north: -north }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes in a row, each beginning where the one before it ends, at numbers that have no end in either precision.
    fn row() -> Vec<Bounds> {
        let at = |number: u32| f64::from(number) / 30.0 - 0.7;
        (0..37).map(|number| Bounds::new(at(number), -at(number + 1), at(number + 1), -at(number)).unwrap()).collect()
    }

    /// Of all nodes, numbered through.
    fn touching<T: Edge>(nodes: &[Node<T>], asked: &Bounds) -> Vec<usize> {
        let asked = Asked::of(asked);
        nodes
            .iter()
            .enumerate()
            .flat_map(|(node, boxes)| boxes.touching(&asked).map(move |number| node * SIZE + number))
            .collect()
    }

    #[test]
    fn each_box_touches_itself_and_those_beside_it_whatever_the_precision() {
        let row = row();
        let (exact, near) = (Node::<f64>::pack(row.iter().copied()), Node::<f32>::pack(row.iter().copied()));
        for (number, asked) in row.iter().enumerate() {
            let beside: Vec<usize> = (number.saturating_sub(1)..row.len().min(number + 2)).collect();
            assert_eq!(touching(&exact, asked), beside);
            assert_eq!(touching(&near, asked), beside);
        }
    }

    #[test]
    fn boxes_come_back_and_room_that_is_left_touches_nothing() {
        let row = row();
        let nodes = Node::<f64>::pack(row.iter().copied());
        assert_eq!((nodes.len(), nodes.iter().flat_map(Node::boxes).collect::<Vec<_>>()), (3, row.clone()));
        assert_eq!(touching(&nodes, &Bounds::WORLD), (0..row.len()).collect::<Vec<_>>());
        assert!(Node::<f64>::pack(std::iter::empty()).is_empty());
    }

    #[test]
    fn what_is_less_precise_is_never_smaller() {
        let row = row();
        for (exact, near) in row.iter().zip(Node::<f32>::pack(row.iter().copied()).iter().flat_map(Node::boxes)) {
            assert_eq!(exact.union(&near), near);
            let is_within = |asked: &Bounds| Node::<f32>::pack([*exact].into_iter())[0].lies_within(0, &Asked::of(asked));
            assert!(is_within(&near));
            assert!(!is_within(&Bounds { east: near.east.next_down(), ..near }));
        }
    }
}
