import { Skeleton, SkeletonRows } from "@/ui/skeleton";

/** The shell's shape while it is not known yet who is there. */
export function ShellSkeleton() {
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <div className="flex h-12 shrink-0 flex-row gap-2 border-b bg-surface p-2 md:h-auto md:w-52 md:flex-col md:border-r md:border-b-0">
        <Skeleton className="h-8 w-32" />
        <Skeleton className="mt-4 hidden h-6 w-full md:block" />
        <Skeleton className="hidden h-6 w-full md:block" />
        <Skeleton className="hidden h-6 w-full md:block" />
      </div>
      <div className="flex-1 p-4 md:p-6">
        <Skeleton className="mb-6 h-8 w-48" />
        <SkeletonRows />
      </div>
    </div>
  );
}
