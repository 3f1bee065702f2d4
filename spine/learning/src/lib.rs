//! Linear text classification with calibrated confidence.
