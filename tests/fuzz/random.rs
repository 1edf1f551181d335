//! A small generator of random numbers (splitmix64): an input is made again by its seed.

pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Cuts, repeats, splices, swaps and sprinkles bytes with special words and with pieces of the others.
pub fn mutate(rng: &mut Random, text: &mut Vec<u8>, words: &[&[u8]], others: &[&[u8]]) {
    let at = |rng: &mut Random, text: &[u8]| rng.below(text.len() + 1);
    for _ in 0..1 + rng.below(5) {
        let (a, b) = (at(rng, text), at(rng, text));
        let (low, high) = (a.min(b), a.max(b).min(a.min(b) + 40));
        match rng.below(6) {
            0 => drop(text.splice(a..a, rng.one(words).iter().copied())),
            1 => drop(text.drain(low..high)),
            2 => {
                let piece = text[low..high].to_vec();
                let times = 1 + rng.below(19);
                drop(text.splice(low..low, piece.repeat(times)));
            }
            3 => {
                let other = rng.one(others);
                let from = at(rng, other);
                drop(text.splice(a..a, other[from..].iter().take(60).copied()));
            }
            4 if a < text.len() => text[a] = rng.next().to_le_bytes()[0],
            _ if low < high => text.swap(low, high - 1),
            _ => {}
        }
    }
}
