//! What the project keeps on disk: volumes, bind mounts and tmpfs, who has them, and what becomes of them.
