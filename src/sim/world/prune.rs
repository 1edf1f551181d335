//! Prune calls. Which filters a client gave is for the API to turn into a predicate.

use super::{
    container::Container,
    event::Kind,
    state::World,
    things::{Image, Network, Pruned, Removal, Volume},
};

impl World {
    /// `POST /containers/prune`: what doesn't run and matches.
    pub fn prune_containers(&mut self, matches: impl Fn(&Container) -> bool) -> Pruned {
        let idle = self.containers.values().filter(|c| !c.running() && c.busy.is_none() && matches(c));
        let gone: Vec<_> = idle.map(|c| (c.key, c.id.clone(), c.size_rw)).collect();
        let mut pruned = Pruned::default();
        for (key, id, size) in gone {
            self.destroy(key, false);
            pruned.removed.push(id);
            pruned.reclaimed += size;
        }
        self.tell_of(Kind::Container, "prune", "", vec![("reclaimed", pruned.reclaimed.to_string())]);
        pruned
    }

    /// `POST /networks/prune`: what no container uses and matches. (The removed are named, not numbered.)
    pub fn prune_networks(&mut self, matches: impl Fn(&Network) -> bool) -> Pruned {
        let used = |n: &Network| self.containers.values().any(|c| c.endpoints.iter().any(|e| e.network_id == n.id));
        let unused = self.networks.iter().filter(|n| !n.predefined && matches(n) && !used(n));
        let gone: Vec<_> = unused.map(|n| (n.id.clone(), n.name.clone())).collect();
        let mut pruned = Pruned::default();
        for (id, name) in gone {
            self.drop_network(&id);
            pruned.removed.push(name);
        }
        self.tell_of(Kind::Network, "prune", "", vec![("reclaimed", "0".into())]);
        pruned
    }

    /// `POST /volumes/prune`: what no container mounts and matches. (From API 1.42 on, only anonymous ones unless
    /// `all`: that is for the caller's predicate; [`Volume::anonymous`] tells.)
    pub fn prune_volumes(&mut self, matches: impl Fn(&Volume) -> bool) -> Pruned {
        let unused = self.volumes.values().filter(|v| matches(v) && self.volume_users(&v.name).is_empty());
        let gone: Vec<_> = unused.map(|v| (v.name.clone(), self.volume_size(v))).collect();
        let mut pruned = Pruned::default();
        for (name, size) in gone {
            self.drop_volume(&name);
            pruned.removed.push(name);
            pruned.reclaimed += size;
        }
        self.tell_of(Kind::Volume, "prune", "", vec![("reclaimed", pruned.reclaimed.to_string())]);
        pruned
    }

    /// `POST /images/prune`: what no container uses and matches (`dangling` is for the caller's predicate); what was
    /// removed, and the bytes won.
    pub fn prune_images(&mut self, matches: impl Fn(&Image) -> bool) -> (Vec<Removal>, u64) {
        let unused = self.images.iter().filter(|i| matches(i) && self.image_users(&i.id).is_empty());
        let gone: Vec<_> = unused.map(|i| (i.id.clone(), i.tags.clone(), i.size - i.shared)).collect();
        let (mut removed, mut reclaimed) = (Vec::new(), 0);
        for (id, tags, size) in gone {
            removed.extend(self.drop_image(&id, &tags));
            reclaimed += size;
        }
        self.tell_of(Kind::Image, "prune", "", vec![("reclaimed", reclaimed.to_string())]);
        (removed, reclaimed)
    }

    /// `POST /build/prune`: records that nothing needs, or with `all` every record.
    pub fn prune_cache(&mut self, all: bool) -> Pruned {
        let (gone, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.cache).into_iter().partition(|record| all || !record.shared);
        self.cache = kept;
        let reclaimed: u64 = gone.iter().map(|record| record.size).sum();
        self.tell_of(Kind::Builder, "prune", "", vec![("reclaimed", reclaimed.to_string())]);
        Pruned { removed: gone.into_iter().map(|record| record.id).collect(), reclaimed }
    }
}
