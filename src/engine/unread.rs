//! Items of the engine's lists that can't be read: counted where lists are read, told where facts are.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::base::{
    loss::{Loss, LossKind, Whom},
    time::Stamp,
};

/// How many items of each list couldn't be read; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Unread(Arc<Mutex<BTreeMap<&'static str, Count>>>);

#[derive(Debug, Default)]
struct Count {
    /// In the last answer.
    present: u64,
    /// Not told yet.
    untold: u64,
}

impl Unread {
    /// Takes how many items of a fresh answer can't be read. A list is asked for again and again: only those that
    /// the answer before didn't have are new losses.
    pub fn note(&self, list: &'static str, unreadable: usize) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if unreadable == 0 && !counts.contains_key(list) {
            return;
        }
        let count = counts.entry(list).or_default();
        let now = u64::try_from(unreadable).unwrap_or(u64::MAX);
        count.untold = count.untold.saturating_add(now.saturating_sub(count.present));
        count.present = now;
    }

    /// What is to be told.
    pub fn take(&self, at: Stamp) -> Vec<Loss> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = counts.iter_mut().map(|(list, count)| (*list, std::mem::take(&mut count.untold)));
        let new = untold.filter(|(_, number)| *number > 0);
        let loss = |(list, number)| Loss { kind: LossKind::ItemsUnreadable, number, whom: Whom::Answer(list), at };
        new.map(loss).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_stays_unreadable_is_one_loss() {
        let (unread, at) = (Unread::default(), Stamp::from_secs(1));
        let told = |unread: &Unread| -> Vec<u64> { unread.take(at).into_iter().map(|loss| loss.number).collect() };
        unread.note("the list of networks", 0);
        assert_eq!(told(&unread), Vec::<u64>::new());
        for (unreadable, wanted) in [(2, vec![2]), (2, vec![]), (3, vec![1]), (0, vec![]), (1, vec![1])] {
            unread.note("the list of networks", unreadable);
            assert_eq!(told(&unread), wanted, "{unreadable}");
        }
    }
}
