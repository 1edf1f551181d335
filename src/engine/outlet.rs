//! Where facts leave this room: each batch says which host it is about.

use tokio::sync::mpsc::Sender;

use crate::{
    base::id::{HostId, ProjectName},
    host::Fact,
    stack,
};

/// Nobody listens any more.
#[derive(Debug)]
pub struct Closed;

/// The way out for what is said of one host.
#[derive(Debug, Clone)]
pub struct Outlet {
    host: HostId,
    out: Sender<(HostId, Vec<Fact>)>,
}

impl Outlet {
    /// For this host, into this channel.
    pub fn new(host: HostId, out: Sender<(HostId, Vec<Fact>)>) -> Self {
        Self { host, out }
    }

    /// The way out for what is said of one project of the host.
    pub fn of(self, project: ProjectName) -> StackOutlet {
        StackOutlet { project, out: self }
    }

    /// Sends a batch; waits while the channel is full.
    ///
    /// # Errors
    /// When nobody listens any more.
    pub async fn send(&self, facts: Vec<Fact>) -> Result<(), Closed> {
        self.out.send((self.host, facts)).await.map_err(|_| Closed)
    }

    /// Whether nobody listens any more.
    pub fn is_closed(&self) -> bool {
        self.out.is_closed()
    }

    /// Waits until nobody listens any more.
    pub async fn closed(&self) {
        self.out.closed().await;
    }
}

/// The way out for what is said of one project.
#[derive(Debug, Clone)]
pub struct StackOutlet {
    project: ProjectName,
    out: Outlet,
}

impl StackOutlet {
    /// Sends a batch; waits while the channel is full.
    ///
    /// # Errors
    /// When nobody listens any more.
    pub async fn send(&self, facts: Vec<stack::Fact>) -> Result<(), Closed> {
        self.out.send(facts.into_iter().map(|fact| Fact::Stack(self.project.clone(), fact)).collect()).await
    }

    /// Whether nobody listens any more.
    pub fn is_closed(&self) -> bool {
        self.out.is_closed()
    }

    /// Waits until nobody listens any more.
    pub async fn closed(&self) {
        self.out.closed().await;
    }
}
