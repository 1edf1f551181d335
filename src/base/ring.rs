//! A queue that forgets its oldest items when it holds too many items or too many bytes, and counts them.

use std::collections::VecDeque;

/// What an item costs in memory, roughly, in bytes.
pub trait Cost {
    /// Bytes this item holds, its heap included.
    fn cost(&self) -> usize;
}

/// A bounded queue. Items have a running number, so that a reader can hold a place while old items go.
#[derive(Debug, Clone)]
pub struct Ring<T> {
    items: VecDeque<T>,
    max_items: usize,
    max_bytes: usize,
    bytes: usize,
    dropped: u64,
}

impl<T: Cost> Ring<T> {
    /// Holds at most `max_items` items and `max_bytes` bytes; the newest item always stays.
    pub fn new(max_items: usize, max_bytes: usize) -> Self {
        Self { items: VecDeque::new(), max_items: max_items.max(1), max_bytes, bytes: 0, dropped: 0 }
    }

    /// Appends, forgetting from the front as needed.
    pub fn push(&mut self, item: T) {
        self.insert(self.items.len(), item);
    }

    /// Puts an item at a position (0 is the oldest), forgetting from the front as needed. Numbers of the items
    /// behind it move up by one.
    pub fn insert(&mut self, at: usize, item: T) {
        self.bytes += item.cost();
        self.items.insert(at.min(self.items.len()), item);
        while self.items.len() > 1 && (self.items.len() > self.max_items || self.bytes > self.max_bytes) {
            self.forget_oldest();
        }
    }

    /// Forgets the oldest item and counts it.
    pub fn forget_oldest(&mut self) {
        if let Some(old) = self.items.pop_front() {
            self.bytes -= old.cost();
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// The position of the first item that `before` refuses, where all that it accepts come first.
    pub fn partition_point(&self, before: impl FnMut(&T) -> bool) -> usize {
        self.items.partition_point(before)
    }

    /// Forgets everything, without counting it as lost.
    pub fn clear(&mut self) {
        self.items.clear();
        self.bytes = 0;
    }

    /// How many items were forgotten so far; also the running number of the first item held.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Items held.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes held, as the items report them.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The item at a position, 0 being the oldest held.
    pub fn get(&self, at: usize) -> Option<&T> {
        self.items.get(at)
    }

    /// The newest item.
    pub fn last(&self) -> Option<&T> {
        self.items.back()
    }

    /// Oldest first.
    pub fn iter(&self) -> std::collections::vec_deque::Iter<'_, T> {
        self.items.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Cost for &str {
        fn cost(&self) -> usize {
            self.len()
        }
    }

    #[test]
    fn forgets_by_count_and_by_bytes_and_counts() {
        let mut ring = Ring::new(3, 10);
        for item in ["aa", "bb", "cc", "dd"] {
            ring.push(item);
        }
        assert_eq!((ring.len(), ring.bytes(), ring.dropped()), (3, 6, 1));
        ring.push("123456789");
        assert_eq!((ring.len(), ring.bytes(), ring.dropped()), (1, 9, 4));
        ring.push("a much longer item than fits");
        assert_eq!((ring.len(), ring.dropped()), (1, 5), "the newest stays");
    }

    #[test]
    fn inserts_in_order_and_forgets_the_oldest() {
        let mut ring = Ring::new(3, 100);
        for item in ["b", "d", "c"] {
            ring.insert(ring.partition_point(|held| *held <= item), item);
        }
        assert_eq!(ring.iter().copied().collect::<String>(), "bcd");
        ring.insert(0, "a");
        assert_eq!((ring.iter().copied().collect::<String>().as_str(), ring.dropped()), ("bcd", 1), "full");
        ring.forget_oldest();
        assert_eq!((ring.len(), ring.bytes(), ring.dropped()), (2, 2, 2));
    }
}
