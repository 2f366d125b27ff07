"""What happens by itself: ticks on a clock that is set, the time the bridge goes by, and the jobs of the night."""
