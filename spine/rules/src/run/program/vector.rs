//! Loops over the rows of a block, compiled for the widest vectors that the processor at hand has.
//!
//! Operations own what they use (`move`): what they borrowed might lie where the loop writes, and be read again for each row.

/// Runs a loop with the widest vectors there are. The loop is compiled once for each kind of processor, so it is a small one.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
pub(in crate::run) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    use fearless_simd::{Level, Simd as _};
    /// What this processor can do, asked once.
    static LEVEL: std::sync::LazyLock<Level> = std::sync::LazyLock::new(Level::new);
    let level = *LEVEL;
    if let Some(widest) = level.as_avx512() {
        widest.vectorize(work)
    } else if let Some(wide) = level.as_avx2() {
        wide.vectorize(work)
    } else {
        work()
    }
}

/// Runs a loop; other processors have one kind of vectors, which the compiler uses unasked.
#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
pub(in crate::run) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// `into = operation(a)`, row by row.
#[inline(always)]
pub(super) fn map<A: Copy, R>(a: &[A], into: &mut [R], operation: impl Fn(A) -> R) {
    vectorised(
        #[inline(always)]
        move || {
            for (into, a) in into.iter_mut().zip(a) {
                *into = operation(*a);
            }
        },
    );
}

/// `into = operation(a, b)`, row by row.
#[inline(always)]
pub(super) fn zip<A: Copy, B: Copy, R>(a: &[A], b: &[B], into: &mut [R], operation: impl Fn(A, B) -> R) {
    vectorised(
        #[inline(always)]
        move || {
            for ((into, a), b) in into.iter_mut().zip(a).zip(b) {
                *into = operation(*a, *b);
            }
        },
    );
}

/// `into = operation(into, a)`, row by row.
#[inline(always)]
pub(super) fn accumulate<A: Copy, R: Copy>(a: &[A], into: &mut [R], operation: impl Fn(R, A) -> R) {
    vectorised(
        #[inline(always)]
        move || {
            for (into, a) in into.iter_mut().zip(a) {
                *into = operation(*into, *a);
            }
        },
    );
}

/// Whether a test holds in every row.
#[inline(always)]
pub(super) fn all<A: Copy>(a: &[A], test: impl Fn(A) -> bool) -> bool {
    vectorised(
        #[inline(always)]
        move || a.iter().fold(true, |all, a| all & test(*a)),
    )
}

/// Smallest and greatest value; zero is always between them.
pub(in crate::run) fn extremes<T: Copy + Ord + Default>(values: &[T]) -> (T, T) {
    let zero = T::default();
    vectorised(
        #[inline(always)]
        move || values.iter().fold((zero, zero), |(low, high), value| (low.min(*value), high.max(*value))),
    )
}

/// `into = condition ? a : b`, row by row.
pub(super) fn select<T: Copy>(condition: &[u8], a: &[T], b: &[T], into: &mut [T]) {
    vectorised(
        #[inline(always)]
        move || {
            for (((into, condition), a), b) in into.iter_mut().zip(condition).zip(a).zip(b) {
                *into = if *condition == 0 { *b } else { *a };
            }
        },
    );
}
