# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of a lab: one module for each real program that runs in it."""
