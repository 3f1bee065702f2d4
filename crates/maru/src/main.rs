//! Maru: the floor on which a government's services stand.

fn main() {}
