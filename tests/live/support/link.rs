//! A network between the program and a far engine: a tcp port that passes on, and that can be cut and mended, or
//! held up as a link that loses everything.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

/// The link.
pub struct Link {
    /// The port at this end.
    pub port: u16,
    to: u16,
    shared: Arc<(Mutex<Shared>, Condvar)>,
}

#[derive(Default)]
struct Shared {
    /// Counts the lives of the port, so that a listener knows when its own is over.
    life: u32,
    held: bool,
    /// How long everything takes on its way.
    delay: Duration,
    /// Both ends of each connection, by its number.
    open: Vec<(u64, [TcpStream; 2])>,
    made: u64,
}

impl Link {
    /// Begins to pass on to a port of this machine.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = Self { port: listener.local_addr().unwrap().port(), to: port, shared: Arc::default() };
        link.listen(listener);
        link
    }

    fn listen(&self, listener: TcpListener) {
        let (shared, to) = (Arc::clone(&self.shared), self.to);
        let life = shared.0.lock().unwrap().life;
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(("127.0.0.1", to))
                    && !pass_on(client, server, &shared, life)
                {
                    break;
                }
            }
        });
    }

    /// Nobody listens here any more, and every connection ends.
    pub fn cut(&self) {
        let mut shared = self.shared.0.lock().unwrap();
        shared.life += 1;
        for stream in shared.open.drain(..).flat_map(|(_, ends)| ends) {
            // One that is over already can't be ended; that is as good.
            let _over = stream.shutdown(Shutdown::Both);
        }
        drop(shared);
        // Wakes the listener, so that it sees that its life is over.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }

    /// The same port passes on again.
    pub fn mend(&self) {
        let end = std::time::Instant::now() + super::PATIENCE;
        loop {
            // The old listener may need a moment to go.
            match TcpListener::bind(("127.0.0.1", self.port)) {
                Ok(listener) => return self.listen(listener),
                Err(error) => assert!(std::time::Instant::now() < end, "port {}: {error}", self.port),
            }
            thread::yield_now();
        }
    }

    /// Holds everything up, without ending anything; or lets it go on.
    pub fn hold(&self, held: bool) {
        self.shared.0.lock().unwrap().held = held;
        self.shared.1.notify_all();
    }

    /// Everything takes so long on its way from now on, in either direction.
    pub fn delay(&self, delay: Duration) {
        self.shared.0.lock().unwrap().delay = delay;
    }

    /// Waits until so many connections or fewer are open.
    pub fn wait_for_open(&self, most: usize) {
        let shared = self.shared.0.lock().unwrap();
        let (shared, waited) =
            self.shared.1.wait_timeout_while(shared, super::PATIENCE, |shared| shared.open.len() > most).unwrap();
        assert!(!waited.timed_out(), "{} connections are still open", shared.open.len());
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.hold(false);
        self.cut();
    }
}

/// Passes on, unless the port's life is over; whether it isn't.
fn pass_on(client: TcpStream, server: TcpStream, shared: &Arc<(Mutex<Shared>, Condvar)>, life: u32) -> bool {
    let number = {
        // In one with noting it, so that no connection escapes a cut.
        let mut shared = shared.0.lock().unwrap();
        if shared.life != life {
            return false;
        }
        shared.made += 1;
        let number = shared.made;
        shared.open.push((number, [client.try_clone().unwrap(), server.try_clone().unwrap()]));
        number
    };
    let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
    for (from, to) in [(client, server), back] {
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            copy(from, to, &shared);
            shared.0.lock().unwrap().open.retain(|(other, _)| *other != number);
            shared.1.notify_all();
        });
    }
    true
}

/// When one way ends, both do: the programs here don't close half a connection.
fn copy(mut from: TcpStream, mut to: TcpStream, shared: &(Mutex<Shared>, Condvar)) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let now = shared.1.wait_while(shared.0.lock().unwrap(), |shared| shared.held).unwrap();
        let delay = now.delay;
        drop(now);
        if !delay.is_zero() {
            // This is the network; nobody waits here for the program.
            thread::sleep(delay);
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _over = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
